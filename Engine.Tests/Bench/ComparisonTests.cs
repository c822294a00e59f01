using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Versus;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class ComparisonTests
{
    [Test]
    public void The_ratio_is_the_median_of_the_ratios_of_each_round()
    {
        // The machine was four times as slow in the second round, and both sides with it; a ratio of medians would be 15 / 20.
        Comparison comparison = Compare((10, 20), (60, 80), (15, 10));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(comparison.Ratio(0.5), Is.EqualTo(0.75).Within(1e-9));
            Assert.That(comparison.EngineNanoseconds, Is.EqualTo(15));
            Assert.That(comparison.PeerNanoseconds, Is.EqualTo(20));
        }
    }

    [Test]
    public void Quartiles_lie_between_neighbours()
    {
        Comparison comparison = Compare((4, 1), (1, 1), (3, 1), (2, 1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(comparison.Ratio(0.25), Is.EqualTo(1.75).Within(1e-9));
            Assert.That(comparison.Ratio(0.5), Is.EqualTo(2.5).Within(1e-9));
            Assert.That(comparison.Ratio(0.75), Is.EqualTo(3.25).Within(1e-9));
        }
    }

    [Test]
    public void One_round_is_its_own_quartiles()
    {
        Comparison comparison = Compare((3, 4));
        Assert.That(new[] { comparison.Ratio(0.25), comparison.Ratio(0.5), comparison.Ratio(0.75) }, Is.All.EqualTo(0.75));
    }

    [Test]
    public void A_managed_byte_in_one_round_is_not_hidden_by_the_others()
    {
        var comparison = new Comparison(OperationFamily.Compared[0], "somebody");
        comparison.Add(new Sample(1, 1, 0), new Sample(1, 1, 0));
        comparison.Add(new Sample(1, 1, 0.5), new Sample(1, 1, 0));
        comparison.Add(new Sample(1, 1, 0), new Sample(1, 1, 0));
        Assert.That(comparison.EngineManagedBytes, Is.EqualTo(0.5));
    }

    [Test]
    public void A_sample_survives_its_line()
    {
        var sample = new Sample(12.345, 11.5, 0.25);
        Assert.That(Sample.Parse(sample.ToLine("burst32") + "\n", "burst32"), Is.EqualTo(sample));
    }

    [TestCase("")]
    [TestCase("alloc-free 1 1 0")]
    [TestCase("burst32 1")]
    [TestCase("burst32 one 1")]
    public void A_line_that_is_no_sample_is_refused(string line)
        => Assert.That(() => Sample.Parse(line, "burst32"), Throws.TypeOf<BenchException>());

    private static Comparison Compare(params (double Engine, double Peer)[] rounds)
    {
        var comparison = new Comparison(OperationFamily.Compared[0], "somebody");
        foreach ((double engine, double peer) in rounds)
        {
            comparison.Add(new Sample(engine, engine, 0), new Sample(peer, peer, 0));
        }

        return comparison;
    }
}
