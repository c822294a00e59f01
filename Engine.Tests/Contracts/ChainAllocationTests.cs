using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Once warm, no verb allocates managed memory, on its shortest path and on its longest.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ChainAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_small = new byte[100];
    private static readonly byte[] s_large = new byte[5000];

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Length), nameof(MbufChain.IsEmpty), nameof(MbufChain.SegmentCount),
        nameof(MbufChain.HasPacketHeader), nameof(MbufChain.PacketLength), nameof(MbufChain.Flags), nameof(MbufChain.Type),
        nameof(MbufChain.ReceiveInterface), nameof(MbufChain.IsWritable), nameof(MbufChain.Headroom), nameof(MbufChain.Tailroom),
        nameof(MbufChain.FirstSpan), nameof(MbufChain.TryGetWritable), nameof(MbufChain.IsSane), nameof(MbufChain.FixPacketLength),
        nameof(MbufChain.DangerousClearReadOnly))]
    public void Asking_and_labelling_allocate_nothing() => AllocationAssert.IsFree(Arena, mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        packet.PacketLength = 0;
        packet.Flags = MbufFlags.Multicast;
        packet.Type = MbufType.Control;
        packet.ReceiveInterface = 3;
        packet.DangerousClearReadOnly();
        Must.Hold(packet.IsEmpty && packet.Length == 0 && packet.SegmentCount == 1);
        Must.Hold(packet.HasPacketHeader && packet.PacketLength == 0);
        Must.Hold((packet.Flags & MbufFlags.Multicast) != 0 && packet.Type == MbufType.Control && packet.ReceiveInterface == 3);
        Must.Hold(packet.IsWritable && packet.Headroom == Kind.Headroom && packet.Tailroom == 2048);
        Must.Hold(packet.FirstSpan.IsEmpty && packet.TryGetWritable(out Span<byte> bytes) && bytes.IsEmpty);
        Must.Hold(packet.IsSane(out _) && packet.FixPacketLength() == 0);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.IsNull), nameof(MbufChain.IsOwned), nameof(MbufChain.Free),
        nameof(MbufChain.Dispose), nameof(MbufChain.FreeFirstSegment))]
    public void Freeing_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        MbufChain packet = mbufs.AllocatePacket();
        MbufChain chain = mbufs.AllocatePacket(10_000);
        MbufChain jumbo = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        Must.Hold(!packet.IsNull && packet.IsOwned);
        packet.Free();
        chain.FreeFirstSegment(out MbufChain rest);
        rest.Free();
        jumbo.Dispose();
        packet.Dispose();
        Must.Hold(!packet.IsOwned && !chain.IsOwned && !jumbo.IsOwned);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryAppend), nameof(MbufChain.TryAppend), nameof(MbufChain.Append),
        nameof(MbufChain.AppendKeepingPacketLength))]
    public void Growing_at_the_end_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_small) && packet.TryAppend(s_large));
        Must.Hold(packet.TryAppend(100, out Span<byte> room) && room.Length == 100);
        Must.Hold(packet.TryAppend(16_000, out room) && room.Length == 16_000);
        using MbufChain other = mbufs.AllocatePacket(3000);
        Must.Hold(other.TryAppend(s_small));
        packet.Append(other);
        packet.AppendKeepingPacketLength(mbufs.AllocatePacketWithoutCluster());
        Must.Hold(packet.Length == 21_300);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryPrepend))]
    public void Growing_at_the_front_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Must.Hold(packet.TryAppend(s_small) && packet.TryPrepend(s_small));
        Must.Hold(packet.TryPrepend(50, out Span<byte> room) && room.Length == 50);
        Must.Hold(packet.TryPrepend(9000, out room) && packet.TryPrepend(100, out room));
        Must.Hold(packet.Length == 9350);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TrimStart), nameof(MbufChain.TrimEnd))]
    public void Trimming_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large));
        Must.Hold(packet.TrimStart(10) == 10 && packet.TrimEnd(10) == 10);
        Must.Hold(packet.TrimStart(2100) == 2100 && packet.TrimEnd(2000) == 2000);
        Must.Hold(packet.TrimStart(5000) == 880);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryPullUp))]
    public void Pulling_up_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Must.Hold(packet.TryAppend(s_small) && packet.TryAppend(s_large) && packet.TryAppend(s_large));
        Must.Hold(packet.TryPullUp(20, out ReadOnlySpan<byte> view) && view.Length == 20);
        Must.Hold(packet.TryPullUp(180, out view) && view.Length == 180);
        Must.Hold(packet.TryPullUp(1000, out view) && packet.TryPullUp(9000, out view) && view.Length == 9000);
        Must.Hold(!packet.TryPullUp(20_000, out view) && view.IsEmpty);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryCopyTo), nameof(MbufChain.TryCopyFrom))]
    public void Copying_out_and_back_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        Span<byte> bytes = stackalloc byte[3000];
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large) && packet.TryCopyTo(1000, bytes) && !packet.TryCopyTo(2001, bytes));
        Must.Hold(packet.TryCopyFrom(100, bytes));
        using MbufChain share = packet.Share();
        Must.Hold(packet.TryCopyFrom(100, bytes) && packet.TryCopyFrom(4900, bytes) && packet.TryCopyFrom(9000, bytes));
        Must.Hold(packet.Length == 12_000 && share.Length == 5000);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Share), nameof(MbufChain.TrySplit), nameof(MbufChain.TryTakeFront))]
    public void Sharing_and_splitting_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large) && packet.TryPrepend(s_small));
        using MbufChain second = packet.Share();
        using MbufChain third = second.Share();
        Must.Hold(packet.TrySplit(1000, out MbufChain rest));
        using MbufChain owned = rest;
        Must.Hold(!packet.TrySplit(1001, out MbufChain none) && none.IsNull);
        Must.Hold(packet.TryTakeFront(300, out MbufChain front) && front.Length == 300);
        front.Free();
        Must.Hold(second.Length == 5100 && third.Length == 5100 && owned.Length == 4100);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Segments))]
    [Measures(typeof(MbufChain.SegmentEnumerable), nameof(MbufChain.SegmentEnumerable.GetEnumerator))]
    [Measures(typeof(MbufChain.SegmentEnumerator), nameof(MbufChain.SegmentEnumerator.Current),
        nameof(MbufChain.SegmentEnumerator.MoveNext))]
    public void Walking_the_segments_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large));
        int length = 0;
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            length += segment.Length;
        }

        Must.Hold(length == 5000);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Detach))]
    [Measures(typeof(MbufScope), nameof(MbufScope.Open))]
    public void Detaching_and_opening_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        using MbufChain again = mbufs.Open(packet.Detach());
        Must.Hold(!packet.IsOwned && again.IsOwned);
    });
}
