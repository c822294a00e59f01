using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>Every side can do what it says that it does; the engine without managed memory, and without losing an mbuf.</summary>
public sealed class SideTests
{
    private const int Packets = 8 * Sizes.Burst;
    private const long MemoryMost = 1L << 30;

    private static IEnumerable<string> Works
        => OperationFamily.Compared.Where(static work => work.MemoryBytes < MemoryMost).Select(static work => work.Name);

    private static IEnumerable<TestCaseData> Pairs
        => Side.Peers.SelectMany(
            static side => Works.Where(work => side.Does(OperationFamily.FindCompared(work))),
            static (side, work) => new TestCaseData(side.Name, work));

    [TestCaseSource(nameof(Works))]
    public void The_engine_does_every_work_without_managed_memory_and_frees_what_it_took(string work)
    {
        using var side = new EngineSide(OperationFamily.FindCompared(work));
        Repetitions repetitions = side.Prepare()!;
        AllocationAssert.IsFree(() => repetitions.Run(Packets));
        side.Release();
        Assert.That(side.LiveMbufs, Is.Zero);
    }

    [TestCaseSource(nameof(Pairs))]
    public void A_peer_does_what_it_says(string side, string work)
    {
        using ISide peer = Side.Find(side).Create(OperationFamily.FindCompared(work));
        Repetitions? repetitions = peer.Prepare();
        Assert.That(repetitions, Is.Not.Null);
        Assert.That(() => repetitions!.Run(Packets), Throws.Nothing);
    }

    [Test]
    public void Operations_name_peers_that_there_are_and_each_peer_has_something_to_do()
    {
        string[] named = [.. OperationFamily.All
            .SelectMany(static family => family.Operations)
            .SelectMany(static work => work.Peers)
            .Distinct()];
        Assert.That(named, Is.SubsetOf(PeerNames.All));
        Assert.That(Side.Peers.Select(static side => side.Name), Is.SubsetOf(named));
    }

    [Test]
    public void A_budget_is_a_share_of_a_peer_that_does_the_work()
        => Assert.That(
            OperationFamily.Compared.Where(static work => work.Budget is not null && !work.Peers.Contains(work.Budget.Peer)),
            Is.Empty);

    [Test]
    public void Managed_memory_of_the_other_thread_is_counted()
    {
        using var partner = new Partner(static () => GC.KeepAlive(new byte[1000]));
        var repetitions = new Repetitions(static _ => Thread.Sleep(1), 1, partner);
        partner.Start();
        Assert.That(repetitions.Measure(TimeSpan.FromMilliseconds(20)).ManagedBytes, Is.GreaterThan(1000));
    }
}
