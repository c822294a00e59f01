using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Making bytes contiguous, visiting, reading and writing them allocates no managed memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ViewAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_small = new byte[100];
    private static readonly byte[] s_large = new byte[5000];

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryPullDown), nameof(MbufChain.TryPullDownToSegment), nameof(MbufChain.TryCopyUp))]
    public void Pulling_down_and_copying_up_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Must.Hold(packet.TryAppend(s_small) && packet.TryAppend(s_large) && packet.TryAppend(s_large));
        using MbufChain share = packet.Share();
        Must.Hold(packet.TryPullDown(50, 20, out ReadOnlySpan<byte> view) && view.Length == 20);
        Must.Hold(packet.TryPullDown(90, 500, out view) && packet.TryPullDown(2000, 3000, out view) && view.Length == 3000);
        Must.Hold(packet.TryPullDown(5000, 100, out MbufPosition position) && position.Offset == 5000);
        Must.Hold(packet.TryPullDownToSegment(5050, 10, out position) && position.OffsetInSegment == 0 && !packet.TryPullDown(10_000, 101, out position));
        Must.Hold(packet.TryCopyUp(20, 14, out view) && packet.TryCopyUp(3000, 14, out view) && view.Length == 3000);
        Must.Hold(!packet.TryCopyUp(10_000, 16_000, out view));
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryVisit), nameof(MbufChain.TryTransform))]
    public void Visiting_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large));
        using MbufChain share = packet.Share();
        var counter = new Counter();
        Must.Hold(packet.TryVisit(100, 4000, ref counter, out int result) && result == 0 && counter.Bytes == 4000);
        Must.Hold(packet.TryTransform(100, 4000, ref counter, out result) && counter.Bytes == 8000);
        Must.Hold(!packet.TryVisit(100, 5000, ref counter, out result) && !packet.TryTransform(100, 5000, ref counter, out result));
        int sum = 0;
        var scoped = new ScopedCounter(ref sum);
        Must.Hold(packet.TryVisit(0, 5000, ref scoped, out result) && sum == 5000);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.FirstAs), nameof(MbufChain.WritableFirstAs))]
    public void Seeing_a_value_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_small));
        packet.WritableFirstAs<ulong>() = 17;
        Must.Hold(packet.FirstAs<ulong>() == 17);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.GetReader))]
    [Measures(typeof(MbufReader), nameof(MbufReader.Position), nameof(MbufReader.Remaining), nameof(MbufReader.TrySeek),
        nameof(MbufReader.TryAdvance), nameof(MbufReader.TryRead), nameof(MbufReader.TryPeek), nameof(MbufReader.TryReadByte),
        nameof(MbufReader.TryPeekByte))]
    [Measures(typeof(MbufReader), nameof(MbufReader.TryReadUInt16BigEndian), nameof(MbufReader.TryPeekUInt16BigEndian),
        nameof(MbufReader.TryReadInt16BigEndian), nameof(MbufReader.TryPeekInt16BigEndian), nameof(MbufReader.TryReadUInt32BigEndian),
        nameof(MbufReader.TryPeekUInt32BigEndian), nameof(MbufReader.TryReadInt32BigEndian), nameof(MbufReader.TryPeekInt32BigEndian),
        nameof(MbufReader.TryReadUInt64BigEndian), nameof(MbufReader.TryPeekUInt64BigEndian),
        nameof(MbufReader.TryReadInt64BigEndian), nameof(MbufReader.TryPeekInt64BigEndian))]
    [Measures(typeof(MbufReader), nameof(MbufReader.TryReadUInt16LittleEndian), nameof(MbufReader.TryPeekUInt16LittleEndian),
        nameof(MbufReader.TryReadInt16LittleEndian), nameof(MbufReader.TryPeekInt16LittleEndian),
        nameof(MbufReader.TryReadUInt32LittleEndian), nameof(MbufReader.TryPeekUInt32LittleEndian),
        nameof(MbufReader.TryReadInt32LittleEndian), nameof(MbufReader.TryPeekInt32LittleEndian),
        nameof(MbufReader.TryReadUInt64LittleEndian), nameof(MbufReader.TryPeekUInt64LittleEndian),
        nameof(MbufReader.TryReadInt64LittleEndian), nameof(MbufReader.TryPeekInt64LittleEndian))]
    [Measures(typeof(MbufReader), nameof(MbufReader.TryReadBigEndian), nameof(MbufReader.TryPeekBigEndian), nameof(MbufReader.TryReadLittleEndian),
        nameof(MbufReader.TryPeekLittleEndian))]
    public void Reading_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        Span<byte> part = stackalloc byte[500];
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large));
        MbufReader reader = packet.GetReader();
        while (reader.Remaining > 600)
        {
            ReadNumbers(ref reader);
            Must.Hold(reader.TryPeek(part) && reader.TryRead(part) && reader.TryAdvance(7));
        }

        Must.Hold(reader.TrySeek(4999) && reader.Position == 4999 && reader.TryPeekByte(out _) && !reader.TryPeekUInt16BigEndian(out _));
        Must.Hold(reader.TryReadByte(out _) && !reader.TryReadByte(out _) && !reader.TrySeek(5001) && !reader.TryRead(part));
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.GetWriter))]
    [Measures(typeof(MbufWriter), nameof(MbufWriter.Position), nameof(MbufWriter.Remaining), nameof(MbufWriter.TrySeek),
        nameof(MbufWriter.TryAdvance), nameof(MbufWriter.TryWrite), nameof(MbufWriter.TryWriteByte))]
    [Measures(typeof(MbufWriter), nameof(MbufWriter.TryWriteUInt16BigEndian), nameof(MbufWriter.TryWriteInt16BigEndian),
        nameof(MbufWriter.TryWriteUInt32BigEndian), nameof(MbufWriter.TryWriteInt32BigEndian),
        nameof(MbufWriter.TryWriteUInt64BigEndian), nameof(MbufWriter.TryWriteInt64BigEndian))]
    [Measures(typeof(MbufWriter), nameof(MbufWriter.TryWriteUInt16LittleEndian), nameof(MbufWriter.TryWriteInt16LittleEndian),
        nameof(MbufWriter.TryWriteUInt32LittleEndian), nameof(MbufWriter.TryWriteInt32LittleEndian),
        nameof(MbufWriter.TryWriteUInt64LittleEndian), nameof(MbufWriter.TryWriteInt64LittleEndian))]
    [Measures(typeof(MbufWriter), nameof(MbufWriter.TryWriteBigEndian), nameof(MbufWriter.TryWriteLittleEndian))]
    public void Writing_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_large));
        using MbufChain share = packet.Share();
        MbufWriter writer = packet.GetWriter();
        while (writer.Position < 6000)
        {
            Must.Hold(writer.TryWrite(s_small) && writer.TryWriteByte(1));
            Must.Hold(writer.TryWriteUInt16BigEndian(1) && writer.TryWriteInt16BigEndian(1) && writer.TryWriteUInt32BigEndian(1));
            Must.Hold(writer.TryWriteInt32BigEndian(1) && writer.TryWriteUInt64BigEndian(1) && writer.TryWriteInt64BigEndian(1));
            Must.Hold(writer.TryWriteUInt16LittleEndian(1) && writer.TryWriteInt16LittleEndian(1) && writer.TryWriteUInt32LittleEndian(1));
            Must.Hold(writer.TryWriteBigEndian((UInt128)1) && writer.TryWriteLittleEndian((sbyte)1) && writer.TryWriteLittleEndian(1L));
            Must.Hold(writer.TryWriteInt32LittleEndian(1) && writer.TryWriteUInt64LittleEndian(1) && writer.TryWriteInt64LittleEndian(1));
        }

        Must.Hold(writer.Remaining == 0 && writer.TrySeek(10) && writer.TryAdvance(10) && !writer.TryAdvance(10_000));
    });

    private static void ReadNumbers(ref MbufReader reader)
    {
        Must.Hold(reader.TryPeekBigEndian(out UInt128 _) && reader.TryReadBigEndian(out UInt128 _) && reader.TryPeekLittleEndian(out long _));
        Must.Hold(reader.TryReadLittleEndian(out sbyte _));
        Must.Hold(reader.TryPeekUInt16BigEndian(out _) && reader.TryReadUInt16BigEndian(out _) && reader.TryPeekInt16BigEndian(out _));
        Must.Hold(reader.TryReadInt16BigEndian(out _) && reader.TryPeekUInt32BigEndian(out _) && reader.TryReadUInt32BigEndian(out _));
        Must.Hold(reader.TryPeekInt32BigEndian(out _) && reader.TryReadInt32BigEndian(out _) && reader.TryPeekUInt64BigEndian(out _));
        Must.Hold(reader.TryReadUInt64BigEndian(out _) && reader.TryPeekInt64BigEndian(out _) && reader.TryReadInt64BigEndian(out _));
        Must.Hold(reader.TryPeekUInt16LittleEndian(out _) && reader.TryReadUInt16LittleEndian(out _) && reader.TryPeekInt16LittleEndian(out _));
        Must.Hold(reader.TryReadInt16LittleEndian(out _) && reader.TryPeekUInt32LittleEndian(out _) && reader.TryReadUInt32LittleEndian(out _));
        Must.Hold(reader.TryPeekInt32LittleEndian(out _) && reader.TryReadInt32LittleEndian(out _) && reader.TryPeekUInt64LittleEndian(out _));
        Must.Hold(reader.TryReadUInt64LittleEndian(out _) && reader.TryPeekInt64LittleEndian(out _) && reader.TryReadInt64LittleEndian(out _));
    }

    private struct Counter : IMbufVisitor, IMbufTransformer
    {
        public int Bytes { get; private set; }

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            Bytes += bytes.Length;
            return 0;
        }

        public int Transform(scoped Span<byte> bytes) => Visit(bytes);
    }

    private readonly ref struct ScopedCounter(ref int sum) : IMbufVisitor
    {
        private readonly ref int _sum = ref sum;

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            _sum += bytes.Length;
            return 0;
        }
    }
}
