using Engine.Mbufs.Bench;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class LatencyHistogramTests
{
    private const double Precision = 0.016;

    [Test]
    public void Without_a_sample_everything_is_zero()
    {
        var histogram = new LatencyHistogram();

        Assert.That((histogram.Count, histogram.Longest, histogram.Percentile(0.5)), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void One_sample_is_every_percentile([Values(0, 1, 31, 32, 63, 64, 1_000_003, long.MaxValue)] long value)
    {
        var histogram = new LatencyHistogram();

        histogram.Record(value);

        Assert.That(new[] { 0, 0.5, 0.999, 1 }.Select(histogram.Percentile), Is.All.EqualTo((double)value));
    }

    [Test]
    public void Percentiles_are_those_of_the_sorted_samples_within_the_width_of_a_bucket()
    {
        var random = new Random(1);
        long[] samples = [.. Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25))];
        var histogram = new LatencyHistogram();

        foreach (long sample in samples)
        {
            histogram.Record(sample);
        }

        Array.Sort(samples);
        using (Assert.EnterMultipleScope())
        {
            foreach (double fraction in new[] { 0.01, 0.5, 0.9, 0.99, 0.999 })
            {
                double exact = samples[(int)Math.Ceiling(fraction * samples.Length) - 1];
                Assert.That(histogram.Percentile(fraction), Is.EqualTo(exact).Within(Math.Max(0.5, exact * Precision)));
            }

            Assert.That(histogram.Percentile(1), Is.EqualTo((double)samples[^1]), "The longest is kept exactly.");
        }
    }

    [Test]
    public void A_clock_that_was_set_back_counts_as_no_time()
    {
        var histogram = new LatencyHistogram();

        histogram.Record(-5);

        Assert.That((histogram.Count, histogram.Percentile(0.5)), Is.EqualTo((1L, 0.0)));
    }

    [Test]
    public void Two_added_are_as_one_that_recorded_both()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        var both = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++)
        {
            (i % 3 == 0 ? one : other).Record(i * i);
            both.Record(i * i);
        }

        one.Add(other);

        Assert.That(
            (one.Count, one.Longest, one.Percentile(0.5), one.Percentile(0.99)),
            Is.EqualTo((both.Count, both.Longest, both.Percentile(0.5), both.Percentile(0.99))));
    }

    [Test]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
        {
            histogram.Record(i * 1000L);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Cleared_it_is_as_new()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(77);

        histogram.Clear();
        histogram.Record(3);

        Assert.That((histogram.Count, histogram.Percentile(0.5), histogram.Longest), Is.EqualTo((1L, 3.0, 3L)));
    }
}
