using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class LimitAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Mbuf[] s_packets = new Mbuf[64];

    [Test]
    [Measures(typeof(MbufArena), nameof(MbufArena.SetLimit), nameof(MbufArena.GetLimit))]
    public void Changing_limits_allocates_nothing() => AllocationAssert.IsFree(() =>
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            Must.Hold(mbufs.TryAllocatePackets(s_packets));
            mbufs.Free(s_packets);
        }

        Arena.SetLimit(MbufZone.Clusters, 1); // Retires what lies in caches, in the depot and in quarantine.
        Arena.SetLimit(MbufZone.Mbufs, 1);
        Must.Hold(Arena.GetLimit(MbufZone.Mbufs) == 1);
        Arena.SetLimit(MbufZone.Mbufs, 256);
        Arena.SetLimit(MbufZone.Clusters, 64);
    });
}
