using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The other packet of shared storage is freed in the middle of an operation: by a callback that makes memory free.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CopyBackMeanwhileTests(ArenaKind kind) : MbufFixture(kind)
{
    protected override MbufArena Reserve() => NewArena(mbufs: 3, clusters: 1);

    [Test]
    public void Sharing_that_ends_while_memory_is_taken_changes_no_decision([Values(0, 50, 100)] int offset)
    {
        MbufArena arena = Arena;
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Cluster(100));
        Mbuf partner = packet.Share().Detach();
        using MbufChain other = mbufs.AllocateMbuf();
        int calls = 0;
        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            if (calls++ == 0)
            {
                using MbufScope own = arena.Enter();
                own.Open(partner).Free();
            }
        });
        byte[] written = Pattern(150, seed: 2);

        bool done = packet.TryCopyFrom(offset, written);

        Assert.That(calls, Is.Positive, "The callback came in the middle.");
        ChainAssert.Holds(packet, done ? [.. Pattern(100)[..offset], .. written] : Pattern(100));
    }
}
