using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Proxy;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What is made of bursts.</summary>
[Category("Bench")]
public sealed class ProxyRowTests
{
    private static readonly Scenario s_small = Scenario.Find("small-64");
    private static readonly Scenario s_answers = Scenario.Find("answer-100k");
    private static readonly Scenario s_bulk = Scenario.Find("bulk-8");

    [Test]
    public void Cost_is_compared_within_the_round()
    {
        BurstResult[] own = [BurstOf(0.2, 100_000), BurstOf(0.8, 100_000), BurstOf(0.5, 50_000)];
        BurstResult[] reference = [BurstOf(0.1, 100_000), BurstOf(0.4, 50_000), BurstOf(0.5, 100_000)];

        Assert.That(ProxyRow.Ratios(s_small, own, reference), Is.EqualTo(new[] { 2, 1, 2 }).Within(1e-9));
    }

    [Test]
    public void A_stream_costs_by_the_byte()
    {
        BurstResult[] own = [BurstOf(0.5, 1, bytes: 2_000_000_000)];
        BurstResult[] reference = [BurstOf(0.5, 9, bytes: 1_000_000_000)];

        Assert.That(ProxyRow.Ratios(s_bulk, own, reference), Is.EqualTo(new[] { 0.5 }).Within(1e-9));
        Assert.That(own[0].ProcessorSecondsPerGigabyte, Is.EqualTo(0.25).Within(1e-9));
    }

    [Test]
    public void A_row_has_medians_quartiles_and_the_latencies_of_all_bursts()
    {
        BurstResult[] own = [BurstOf(0.1, 100_000), BurstOf(0.2, 100_000), BurstOf(0.4, 100_000)];
        BurstResult[] reference = [BurstOf(0.1, 100_000), BurstOf(0.1, 100_000), BurstOf(0.1, 100_000)];

        ProxyRow row = ProxyRow.Of(s_answers, "x", own, reference, new ManagedFigures(1, 2), peakMemoryBytes: 3);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((row.Scenario, row.Proxy), Is.EqualTo(("answer-100k", "x")));
            Assert.That((row.Ratio, row.RatioLow, row.RatioHigh), Is.EqualTo((2.0, 1.5, 3.0)));
            Assert.That((row.CpuPerRequestUs, row.CpuPerGbS), Is.EqualTo((2.0, 0.02)));
            Assert.That((row.RequestsPerSecond, row.BytesPerSecond, row.Busy), Is.EqualTo((200_000, 2e10, 0.4)));
            Assert.That((row.GcCollections, row.ManagedBytes, row.PeakMemoryBytes), Is.EqualTo((1, 2, 3)));
            Assert.That(row.LatencyP50Us, Is.EqualTo(100).Within(2));
        }
    }

    [Test]
    public void What_says_nothing_is_left_out()
    {
        BurstResult[] bursts = [BurstOf(0.1, 100_000)];

        ProxyRow small = ProxyRow.Of(s_small, "x", bursts, reference: null, managed: null, peakMemoryBytes: 3);
        ProxyRow bulk = ProxyRow.Of(s_bulk, "x", bursts, bursts, managed: null, peakMemoryBytes: 3);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { small.Ratio, small.RatioLow, small.RatioHigh, small.CpuPerGbS }, Is.All.Null);
            Assert.That(new[] { small.GcCollections, small.ManagedBytes }, Is.All.Null);
            Assert.That(new[] { bulk.RequestsPerSecond, bulk.CpuPerRequestUs, bulk.LatencyP50Us }, Is.All.Null);
            Assert.That(bulk.Ratio, Is.EqualTo(1));
        }
    }

    /// <summary>A burst of half a second in which every response took 100 microseconds.</summary>
    private static BurstResult BurstOf(double processorSeconds, long responses, long bytes = 10_000_000_000)
    {
        var latencies = new LatencyHistogram();
        latencies.Record(100_000);
        return new BurstResult(0.5, processorSeconds, responses, bytes, latencies);
    }
}
