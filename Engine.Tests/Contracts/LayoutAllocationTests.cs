using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Copying packets and laying them out anew costs no managed memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class LayoutAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_small = new byte[100];
    private static readonly byte[] s_large = new byte[5000];

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Duplicate), nameof(MbufChain.TryShare), nameof(MbufChain.ShareBehindHead))]
    public void Copying_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_small));
        packet.Duplicate().Free();
        Must.Hold(packet.TryAppend(s_large));
        using MbufChain copy = packet.Duplicate();
        using MbufChain behind = packet.ShareBehindHead(14);
        Must.Hold(packet.TryShare(10, 4000, out MbufChain part));
        Must.Hold(packet.TryShare(0, MbufSizes.CopyAll, out MbufChain all));
        Must.Hold(copy.Length == 5100 && behind.Length == 5100 && part.Length == 4000 && all.Length == 5100);
        part.Free();
        all.Free();
        Must.Hold(!packet.TryShare(5100, 1, out part) && part.IsNull);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryUnshare), nameof(MbufChain.TryMakeWritable))]
    public void Ending_a_share_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large) && packet.TryUnshare());
        using MbufChain share = packet.Share();
        Must.Hold(!packet.IsWritable && packet.TryMakeWritable(10, 100) && packet.IsWritable && !packet.TryMakeWritable(5000, 1));
        Must.Hold(packet.TryUnshare() && share.TryUnshare());
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TrySplitSegments), nameof(MbufChain.TryDefragment), nameof(MbufChain.TryCollapse))]
    public void Laying_out_anew_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large) && packet.TrySplitSegments(150) && packet.SegmentCount == 34);
        Must.Hold(packet.TryCollapse(30) && packet.SegmentCount == 30 && packet.TryCollapse(2) && packet.TrySplitSegments(1000));
        Must.Hold(packet.TryDefragment() && packet.SegmentCount == 1 && packet.TryDefragment());
    });
}
