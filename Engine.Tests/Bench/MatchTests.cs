using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Versus;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class MatchTests
{
    private static readonly Operation s_work = OperationFamily.FindCompared("alloc-free");
    private static readonly Operation s_other = OperationFamily.FindCompared("burst32");

    [Test]
    public void Of_a_peer_with_a_slow_mode_the_faster_run_counts()
    {
        var match = new Match(new Scripted("engine", 1, 1), [new Scripted("twice", 9, 4, 5, 7) { RunsTwice = true }], [s_work]);
        match.Play(rounds: 2);
        Assert.That(match.Comparisons[0].Ratio(0), Is.EqualTo(0.2).Within(1e-9), "5 is the faster of 5 and 7.");
        Assert.That(match.Comparisons[0].Ratio(1), Is.EqualTo(0.25).Within(1e-9), "4 is the faster of 9 and 4.");
    }

    [Test]
    public void Every_side_is_measured_as_often_as_there_are_rounds()
    {
        var engine = new Scripted("engine", 1, 1, 1);
        var peer = new Scripted("once", 2, 2, 2);
        new Match(engine, [peer], [s_work]).Play(rounds: 3);
        Assert.That((engine.Left, peer.Left), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_peer_that_fails_loses_its_row_and_no_other()
    {
        IPeer[] peers = [new Scripted("broken"), new Scripted("sound", 2, 2)];
        var match = new Match(new Scripted("engine", 1, 1), peers, [s_work]);
        match.Play(rounds: 2);
        Assert.That(match.Comparisons.Select(static comparison => comparison.Peer), Is.EqualTo(["sound"]));
    }

    [Test]
    public void What_no_peer_does_is_not_measured()
    {
        var engine = new Scripted("engine");
        var match = new Match(engine, [new Scripted("idle") { Only = s_other }], [s_work]);
        match.Play(rounds: 1);
        Assert.That(match.Comparisons, Is.Empty);
    }

    [Test]
    public void An_engine_that_fails_ends_the_run()
    {
        var match = new Match(new Scripted("engine"), [new Scripted("sound", 1)], [s_work]);
        Assert.That(() => match.Play(rounds: 1), Throws.TypeOf<BenchException>());
    }

    [Test]
    public void The_engine_is_its_own_peer_by_what_it_measured_in_the_same_round()
    {
        IReadOnlyList<Operation> works = [OperationFamily.FindCompared("length-1"), OperationFamily.FindCompared("length-4096")];
        var engine = new EnginePeer(new Scripted("engine", 10, 20, 10, 40));
        IPeer[] peers = [new Scripted("other", 1, 1, 1, 1), new SelfPeer(engine, works)];
        var match = new Match(engine, peers, works);
        match.Play(rounds: 2);
        Comparison self = match.Comparisons.Single(static comparison => comparison.Peer == "self");
        Assert.That((self.Ratio(0), self.Ratio(1)), Is.EqualTo((2.0, 4.0)));
    }

    [Test]
    public void The_smallest_work_is_measured_if_nobody_asked_for_it()
    {
        IReadOnlyList<Operation> works = [OperationFamily.FindCompared("length-4096")];
        var engine = new EnginePeer(new Scripted("engine", 20, 10, 40, 10));
        var match = new Match(engine, [new SelfPeer(engine, works)], works);
        match.Play(rounds: 2);
        Assert.That((match.Comparisons[0].Ratio(0), match.Comparisons[0].Ratio(1)), Is.EqualTo((2.0, 4.0)));
    }

    /// <summary>Answers what it was told to, and fails when that is used up.</summary>
    private sealed class Scripted : IPeer
    {
        private readonly Queue<double> _medians;

        public Scripted(string name, params double[] medians)
        {
            Name = name;
            _medians = new Queue<double>(medians);
        }

        public string Name { get; }

        public string? MissingBecause => null;

        public bool RunsTwice { get; init; }

        public Operation? Only { get; init; }

        public int Left => _medians.Count;

        public bool Does(Operation work) => Only is null || Only == work;

        public Sample Measure(Operation work)
            => _medians.TryDequeue(out double median)
                ? new Sample(median, median, 0)
                : throw new BenchException("Nothing is left.");

        public void Dispose()
        {
        }
    }
}
