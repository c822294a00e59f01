using System.Buffers.Binary;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class WriterTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Length = 24;

    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(1), Segment.Internal(1), Segment.Shared(3), Segment.EmptyCluster, Segment.Empty, Segment.ReadOnly(8),
        Segment.Cluster(1), Segment.Internal(2), Segment.Jumbo(MbufClusterSize.Page, 8), Segment.Empty,
    ];

    private delegate bool Step<T>(ref MbufWriter writer, T value);

    private delegate void Encoder<T>(Span<byte> bytes, T value);

    [Test]
    public void Numbers_are_written_over_what_is_there_and_behind_it()
    {
        Check<byte>(1, 0xFE, static (ref writer, value) => writer.TryWriteByte(value), static (span, value) => span[0] = value);
        Check<Int128>(16, -3, static (ref writer, value) => writer.TryWriteBigEndian(value), BinaryPrimitives.WriteInt128BigEndian);
        Check<UInt128>(16, 77, static (ref writer, value) => writer.TryWriteLittleEndian(value), BinaryPrimitives.WriteUInt128LittleEndian);
        Check<ushort>(2, 0xFEDC, static (ref writer, value) => writer.TryWriteUInt16BigEndian(value), BinaryPrimitives.WriteUInt16BigEndian);
        Check<short>(2, -0x1234, static (ref writer, value) => writer.TryWriteInt16BigEndian(value), BinaryPrimitives.WriteInt16BigEndian);
        Check<uint>(4, 0xFEDCBA98, static (ref writer, value) => writer.TryWriteUInt32BigEndian(value), BinaryPrimitives.WriteUInt32BigEndian);
        Check<int>(4, -0x12345678, static (ref writer, value) => writer.TryWriteInt32BigEndian(value), BinaryPrimitives.WriteInt32BigEndian);
        Check<ulong>(8, 0xFEDCBA9876543210, static (ref writer, value) => writer.TryWriteUInt64BigEndian(value), BinaryPrimitives.WriteUInt64BigEndian);
        Check<long>(8, -0x123456789ABCDEF, static (ref writer, value) => writer.TryWriteInt64BigEndian(value), BinaryPrimitives.WriteInt64BigEndian);
        Check<ushort>(2, 0xFEDC, static (ref writer, value) => writer.TryWriteUInt16LittleEndian(value), BinaryPrimitives.WriteUInt16LittleEndian);
        Check<short>(2, -0x1234, static (ref writer, value) => writer.TryWriteInt16LittleEndian(value), BinaryPrimitives.WriteInt16LittleEndian);
        Check<uint>(4, 0xFEDCBA98, static (ref writer, value) => writer.TryWriteUInt32LittleEndian(value), BinaryPrimitives.WriteUInt32LittleEndian);
        Check<int>(4, -0x12345678, static (ref writer, value) => writer.TryWriteInt32LittleEndian(value), BinaryPrimitives.WriteInt32LittleEndian);
        Check<ulong>(8, 0xFEDCBA9876543210, static (ref writer, value) => writer.TryWriteUInt64LittleEndian(value), BinaryPrimitives.WriteUInt64LittleEndian);
        Check<long>(8, -0x123456789ABCDEF, static (ref writer, value) => writer.TryWriteInt64LittleEndian(value), BinaryPrimitives.WriteInt64LittleEndian);
    }

    [Test]
    public void Bytes_are_written_one_piece_after_the_other(
        [Values(0, 1, 2, 3, 7, 24, 100, 3000)] int size, [Values(0, 1, 2, 5, 23, 24)] int start, [Values] bool header)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Length);
        using MbufChain packet = header ? Build(mbufs, bytes, s_layout) : BuildPlain(mbufs, bytes, s_layout);
        using MbufChain share = packet.Share();
        var oracle = new ByteOracle(header, bytes);
        MbufWriter writer = packet.GetWriter();
        Assert.That(writer.TrySeek(start));
        for (int i = 0; i < 12; i++)
        {
            byte[] part = Pattern(size, i);
            oracle.CopyBack(start + (i * size), part);
            Assert.That(writer.TryWrite(part));
            Assert.That((writer.Position, writer.Remaining), Is.EqualTo((start + ((i + 1) * size), oracle.Length - start - ((i + 1) * size))));
        }

        ChainAssert.Holds(packet, oracle.ToArray());
        ChainAssert.Holds(share, bytes);
    }

    [Test]
    public void An_empty_chain_is_filled_in_order([Values] bool roomInAdvance)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = roomInAdvance ? mbufs.AllocatePacket(8000) : mbufs.AllocatePacketWithoutCluster();
        int mbufsBefore = packet.SegmentCount;
        MbufWriter writer = packet.GetWriter();
        for (uint i = 0; i < 2000; i++)
        {
            Assert.That(writer.TryWriteUInt32BigEndian(i));
        }

        MbufReader reader = packet.GetReader();
        for (uint i = 0; i < 2000; i++)
        {
            Assert.That(reader.TryReadUInt32BigEndian(out uint value) && value == i);
        }

        Assert.That((packet.Length, packet.PacketLength, writer.Remaining), Is.EqualTo((8000, 8000, 0)));
        Assert.That(packet.IsSane(out string? problem), problem);
        Assert.That(!roomInAdvance || packet.SegmentCount == mbufsBefore, "The room that is there is used.");
    }

    [Test]
    public void Places_to_go_to_end_with_the_chain()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Length);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        MbufWriter writer = packet.GetWriter();
        for (int place = 0; place <= Length; place++)
        {
            Assert.That(writer.TrySeek(place));
            Assert.That(writer.TryAdvance(Length - place + 1), Is.False);
            Assert.That((writer.Position, writer.Remaining), Is.EqualTo((place, Length - place)));
            Assert.That(writer.TryAdvance(Length - place));
            Assert.That(writer.TrySeek(Length + 1), Is.False);
            Assert.That(writer.Position, Is.EqualTo(Length));
        }

        before.AssertUnchanged(packet);
        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.GetWriter().TrySeek(-1));
        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.GetWriter().TryAdvance(int.MinValue));
    }

    [TestCase(0, 24)]
    [TestCase(2, 1)]
    [TestCase(5, 8)]
    [TestCase(20, 5000)]
    [TestCase(24, 5000)]
    public void An_exhausted_arena_leaves_the_chain_and_the_writer_as_they_were(int place, int size)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Length);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        MbufWriter writer = packet.GetWriter();
        Assert.That(writer.TrySeek(place));

        Assert.That(writer.TryWrite(Pattern(size, 2)), Is.False);
        Assert.That(writer.Position, Is.EqualTo(place));
        before.AssertUnchanged(packet);
        ChainAssert.Holds(packet, bytes);
        hoard.Release(mbufs);
        Assert.That(writer.TryWrite(Pattern(size, 2)), "With memory it goes on.");
        var oracle = new ByteOracle(hasHeader: true, bytes);
        oracle.CopyBack(place, Pattern(size, 2));
        ChainAssert.Holds(packet, oracle.ToArray());
    }

    [Test]
    public void A_number_over_storage_of_others_is_refused_when_there_is_no_memory()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(10), Segment.Shared(10));
        Hoard hoard = Hoard.OfEverything(mbufs);
        MbufWriter writer = packet.GetWriter();

        Assert.That(writer.TryWriteUInt32BigEndian(1) || writer.TryWriteByte(1), Is.False);
        Assert.That(writer.Position, Is.Zero);
        hoard.Release(mbufs);
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void A_large_cluster_that_is_copied_into_small_ones_is_written_on([Values(0, 3000, 9000)] int place)
    {
        MbufArena arena = NewArena(mbufs: 32, clusters: 16, jumbo9: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(MbufClusterSize.Jumbo9);
        Assert.That(packet.TryAppend(Pattern(9216)));
        using MbufChain share = packet.Share();
        var oracle = new ByteOracle(hasHeader: true, Pattern(9216));
        MbufWriter writer = packet.GetWriter();
        Assert.That(writer.TrySeek(place));
        for (uint i = 0; i < 100; i++)
        {
            oracle.CopyBack(place + (int)(4 * i), [0, 0, 0, (byte)i]);
            Assert.That(writer.TryWriteUInt32BigEndian(i));
            Assert.That(writer.Position, Is.EqualTo(place + (int)(4 * i) + 4));
        }

        ChainAssert.Holds(packet, oracle.ToArray());
        ChainAssert.Holds(share, Pattern(9216));
    }

    [Test]
    public void After_a_change_of_layout_a_seek_says_where_to_go_on()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(30);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(10), Segment.Internal(10), Segment.Internal(10));
        MbufWriter writer = packet.GetWriter();
        Assert.That(writer.TryAdvance(15));
        packet.TrimStart(10);
        bool thrown = false;
        try
        {
            writer.TryWriteByte(1);
        }
        catch (MbufStaleException)
        {
            thrown = true;
        }

        Assert.That(thrown, "The mbuf that it stopped in was freed.");
        Assert.That(writer.TrySeek(5) && writer.TryWriteByte(1));
        ChainAssert.Holds(packet, [.. bytes.AsSpan(10, 5), 1, .. bytes.AsSpan(16)]);
        Assert.That(writer.ToString(), Does.StartWith("writer at byte 6"));
    }

    private void Check<T>(int size, T value, Step<T> write, Encoder<T> encode)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(Length);
        byte[] number = new byte[size];
        encode(number, value);
        for (int place = 0; place <= Length; place++)
        {
            using MbufChain packet = Build(mbufs, bytes, s_layout);
            using MbufChain share = packet.Share();
            var oracle = new ByteOracle(hasHeader: true, bytes);
            MbufWriter writer = packet.GetWriter();
            Assert.That(writer.TrySeek(place));
            for (int i = 0; i < 3; i++)
            {
                oracle.CopyBack(place + (i * size), number);
                Assert.That(write(ref writer, value));
            }

            Assert.That(writer.Position, Is.EqualTo(place + (3 * size)));
            ChainAssert.Holds(packet, oracle.ToArray());
            ChainAssert.Holds(share, bytes);
            FreePartners(mbufs);
        }
    }
}
