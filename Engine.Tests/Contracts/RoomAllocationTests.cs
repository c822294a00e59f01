using System.Buffers;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Once warm, making packets of bytes, taking room in advance and copying out allocate no managed memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class RoomAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_bytes = new byte[5000];
    private static readonly Memory<byte>[] s_pieces = [new byte[2000], Memory<byte>.Empty, new byte[4000]];

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.AllocateZeroedMbuf), nameof(MbufScope.AllocateContiguousMbuf),
        nameof(MbufScope.AllocateContiguousPacket), nameof(MbufScope.AllocateChain))]
    public void Contiguous_and_zeroed_room_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain zeroed = mbufs.AllocateZeroedMbuf();
        using MbufChain large = mbufs.AllocateContiguousMbuf(10_000);
        using MbufChain packet = mbufs.AllocateContiguousPacket(1000);
        using MbufChain chain = mbufs.AllocateChain(5000);
        Must.Hold(!zeroed.IsNull && !large.IsNull && !packet.IsNull && chain.SegmentCount > 1);
    });

    [Test]
    [Measures(typeof(MbufWaitingScope), nameof(MbufWaitingScope.AllocateZeroedMbuf), nameof(MbufWaitingScope.AllocateContiguousMbuf),
        nameof(MbufWaitingScope.AllocateContiguousPacket), nameof(MbufWaitingScope.AllocateChain))]
    public void Waiting_forms_that_find_memory_at_once_allocate_nothing()
    {
        using var stop = new CancellationTokenSource();
        CancellationToken token = stop.Token;
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain zeroed = mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocateZeroedMbuf();
            using MbufChain large = mbufs.Waiting(Timeout.InfiniteTimeSpan, token).AllocateContiguousMbuf(10_000);
            using MbufChain packet = mbufs.Waiting(TimeSpan.Zero, token).AllocateContiguousPacket(1000);
            using MbufChain chain = mbufs.Waiting(TimeSpan.Zero, token).AllocateChain(5000);
            Must.Hold(!zeroed.IsNull && !large.IsNull && !packet.IsNull && chain.SegmentCount > 1);
        });
    }

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryGetRoom), nameof(MbufChain.Commit), nameof(MbufRooms.TryReserveRoom))]
    [Measures(typeof(MbufScope), nameof(MbufRooms.OpenRoom))]
    public void Room_is_taken_filled_and_committed_without_allocation() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryGetRoom(3000, out Span<byte> span));
        span[..100].Clear();
        packet.Commit(100);
        Must.Hold(packet.TryReserveRoom(9000, out MbufRoom room) && room.PieceCount > 1);
        foreach (Span<byte> piece in room)
        {
            piece.Clear();
        }

        MbufRoomHandle handle = room.Detach();
        MbufRoom again = mbufs.OpenRoom(handle);
        again.Commit(5000);
        Must.Hold(again.Chain.Length == 5100);
        again.Chain.Free();
    });

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.AllocatePacketFrom), nameof(MbufScope.AllocateChainFrom))]
    public void Packets_made_of_bytes_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        var source = new Zeros();
        var sequence = new ReadOnlySequence<byte>(s_bytes);
        using MbufChain packet = mbufs.AllocatePacketFrom(s_bytes, 14, 1);
        using MbufChain written = mbufs.AllocatePacketFrom(ref source, 5000, 14, 1);
        using MbufChain few = mbufs.AllocatePacketFrom(ref source, 5000);
        using MbufChain taken = mbufs.AllocatePacketFrom(ref sequence, 2500, 14);
        using MbufChain rest = mbufs.AllocateChainFrom(ref sequence, MbufSizes.CopyAll, 14);
        Must.Hold(packet.Length == 5000 && written.Length == 5000 && few.Length == 5000 && taken.Length == 2500 && rest.Length == 2500);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryAddRoom), nameof(MbufChain.TryAttachCluster), nameof(MbufChain.AlignToEnd))]
    public void Room_for_existing_chains_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.AlignToEnd(20);
        Must.Hold(packet.TryAttachCluster() && packet.TryAddRoom(5000) && packet.TryAppend(s_bytes));
        using MbufChain jumbo = mbufs.AllocatePacketWithoutCluster();
        Must.Hold(jumbo.TryAttachCluster(MbufClusterSize.Jumbo9));
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.CopyTo))]
    public void Copying_into_pieces_and_writers_allocates_nothing()
    {
        var writer = new ArrayBufferWriter<byte>(10_000);
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain packet = mbufs.AllocatePacketFrom(s_bytes, 0, 0);
            Must.Hold(packet.CopyTo(s_pieces, MbufSizes.CopyAll) == 5000 && packet.CopyTo(s_pieces, 3000) == 3000);
            writer.ResetWrittenCount();
            packet.CopyTo(writer);
            Must.Hold(writer.WrittenCount == 5000);
        });
    }

    [Test]
    public void Being_denied_allocates_nothing()
    {
        Mbuf kept;
        Hoard hoard;
        using (MbufScope mbufs = Arena.Enter())
        {
            kept = mbufs.AllocatePacketWithoutCluster().Detach();
            hoard = Hoard.OfEverything(mbufs);
        }

        AllocationAssert.IsFree(Arena, mbufs =>
        {
            var source = new Zeros();
            var sequence = new ReadOnlySequence<byte>(s_bytes);
            Must.Hold(mbufs.AllocateZeroedMbuf().IsNull && mbufs.AllocateContiguousMbuf(10).IsNull && mbufs.AllocateContiguousPacket(9000).IsNull);
            Must.Hold(mbufs.AllocateChain(10).IsNull && mbufs.Waiting(TimeSpan.Zero).AllocateZeroedMbuf().IsNull);
            Must.Hold(mbufs.AllocatePacketFrom(s_bytes, 0, 0).IsNull && mbufs.AllocatePacketFrom(ref source, 10, 0, 0).IsNull);
            Must.Hold(mbufs.AllocatePacketFrom(ref sequence, MbufSizes.CopyAll, 0).IsNull && mbufs.AllocateChainFrom(ref sequence, MbufSizes.CopyAll, 0).IsNull);
            MbufChain packet = mbufs.Open(kept);
            Must.Hold(!packet.TryAddRoom(100) && !packet.TryAttachCluster() && packet.SegmentCount == 1);
            kept = packet.Detach();
        });
        using MbufScope again = Arena.Enter();
        again.Free([kept]);
        hoard.Release(again);
    }

    private readonly struct Zeros : IMbufSource
    {
        public void CopyTo(int offset, scoped Span<byte> destination) => destination.Clear();
    }
}
