using System.Buffers.Binary;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReaderTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>One-byte mbufs, empty ones, and numbers that end exactly with an mbuf.</summary>
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(1), Segment.Internal(1), Segment.Shared(3), Segment.EmptyCluster, Segment.Empty, Segment.ReadOnly(8),
        Segment.Cluster(1), Segment.Internal(2), Segment.Jumbo(MbufClusterSize.Page, 8), Segment.Empty,
    ];

    private delegate bool Step<T>(ref MbufReader reader, out T value);

    private delegate T Decoder<T>(ReadOnlySpan<byte> bytes);

    [Test]
    public void Numbers_whose_size_the_processor_decides_are_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Cluster(100));
        string[] refused = [Refusal(packet, static chain => chain.GetReader().TryReadBigEndian(out nint _)),
            Refusal(packet, static chain => chain.GetReader().TryPeekLittleEndian(out nuint _)),
            Refusal(packet, static chain => chain.GetWriter().TryWriteBigEndian((nint)1)),
            Refusal(packet, static chain => chain.GetWriter().TryWriteLittleEndian((nuint)1))];
        Assert.That(refused, Has.All.Contains("Read those, and convert."));
        Assert.That(packet.GetReader().TryReadBigEndian(out Int128 _));
    }

    private static string Refusal(MbufChain chain, Func<MbufChain, bool> use)
    {
        try
        {
            _ = use(chain);
            return "";
        }
        catch (ArgumentException refusal)
        {
            return refusal.Message;
        }
    }

    [Test]
    public void Numbers_are_read_and_peeked_at_wherever_they_lie()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(24);
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        Check<byte>(packet, bytes, 1, static (ref reader, out value) => reader.TryReadByte(out value), static (ref reader, out value) => reader.TryPeekByte(out value), static span => span[0]);
        Check<UInt128>(packet, bytes, 16, static (ref reader, out value) => reader.TryReadBigEndian(out value), static (ref reader, out value) => reader.TryPeekBigEndian(out value), BinaryPrimitives.ReadUInt128BigEndian);
        Check<Int128>(packet, bytes, 16, static (ref reader, out value) => reader.TryReadLittleEndian(out value), static (ref reader, out value) => reader.TryPeekLittleEndian(out value), BinaryPrimitives.ReadInt128LittleEndian);
        Check<sbyte>(packet, bytes, 1, static (ref reader, out value) => reader.TryReadBigEndian(out value), static (ref reader, out value) => reader.TryPeekBigEndian(out value), static bytes => (sbyte)bytes[0]);
        Check<int>(packet, bytes, 4, static (ref reader, out value) => reader.TryReadBigEndian(out value), static (ref reader, out value) => reader.TryPeekLittleEndian(out value) && reader.TryPeekBigEndian(out value), BinaryPrimitives.ReadInt32BigEndian);
        Check<ushort>(packet, bytes, 2, static (ref reader, out value) => reader.TryReadUInt16BigEndian(out value), static (ref reader, out value) => reader.TryPeekUInt16BigEndian(out value), BinaryPrimitives.ReadUInt16BigEndian);
        Check<short>(packet, bytes, 2, static (ref reader, out value) => reader.TryReadInt16BigEndian(out value), static (ref reader, out value) => reader.TryPeekInt16BigEndian(out value), BinaryPrimitives.ReadInt16BigEndian);
        Check<uint>(packet, bytes, 4, static (ref reader, out value) => reader.TryReadUInt32BigEndian(out value), static (ref reader, out value) => reader.TryPeekUInt32BigEndian(out value), BinaryPrimitives.ReadUInt32BigEndian);
        Check<int>(packet, bytes, 4, static (ref reader, out value) => reader.TryReadInt32BigEndian(out value), static (ref reader, out value) => reader.TryPeekInt32BigEndian(out value), BinaryPrimitives.ReadInt32BigEndian);
        Check<ulong>(packet, bytes, 8, static (ref reader, out value) => reader.TryReadUInt64BigEndian(out value), static (ref reader, out value) => reader.TryPeekUInt64BigEndian(out value), BinaryPrimitives.ReadUInt64BigEndian);
        Check<long>(packet, bytes, 8, static (ref reader, out value) => reader.TryReadInt64BigEndian(out value), static (ref reader, out value) => reader.TryPeekInt64BigEndian(out value), BinaryPrimitives.ReadInt64BigEndian);
        Check<ushort>(packet, bytes, 2, static (ref reader, out value) => reader.TryReadUInt16LittleEndian(out value), static (ref reader, out value) => reader.TryPeekUInt16LittleEndian(out value), BinaryPrimitives.ReadUInt16LittleEndian);
        Check<short>(packet, bytes, 2, static (ref reader, out value) => reader.TryReadInt16LittleEndian(out value), static (ref reader, out value) => reader.TryPeekInt16LittleEndian(out value), BinaryPrimitives.ReadInt16LittleEndian);
        Check<uint>(packet, bytes, 4, static (ref reader, out value) => reader.TryReadUInt32LittleEndian(out value), static (ref reader, out value) => reader.TryPeekUInt32LittleEndian(out value), BinaryPrimitives.ReadUInt32LittleEndian);
        Check<int>(packet, bytes, 4, static (ref reader, out value) => reader.TryReadInt32LittleEndian(out value), static (ref reader, out value) => reader.TryPeekInt32LittleEndian(out value), BinaryPrimitives.ReadInt32LittleEndian);
        Check<ulong>(packet, bytes, 8, static (ref reader, out value) => reader.TryReadUInt64LittleEndian(out value), static (ref reader, out value) => reader.TryPeekUInt64LittleEndian(out value), BinaryPrimitives.ReadUInt64LittleEndian);
        Check<long>(packet, bytes, 8, static (ref reader, out value) => reader.TryReadInt64LittleEndian(out value), static (ref reader, out value) => reader.TryPeekInt64LittleEndian(out value), BinaryPrimitives.ReadInt64LittleEndian);
    }

    [Test]
    public void Bytes_are_read_and_peeked_at_in_pieces_of_any_size([Range(1, 24)] int size)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(24);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        MbufReader reader = packet.GetReader();
        byte[] part = new byte[size];
        int position = 0;
        for (; reader.TryPeek(part); position += size)
        {
            Assert.That(part, Is.EqualTo(bytes.AsSpan(position, size).ToArray()));
            Assert.That((reader.Position, reader.Remaining), Is.EqualTo((position, 24 - position)));
            part.AsSpan().Clear();
            Assert.That(reader.TryRead(part));
            Assert.That(part, Is.EqualTo(bytes.AsSpan(position, size).ToArray()));
        }

        part.AsSpan().Fill(7);
        Assert.That(reader.TryRead(part), Is.False);
        Assert.That(part, Is.All.EqualTo(7), "Nothing is copied.");
        Assert.That((reader.Position, reader.Remaining), Is.EqualTo((position, 24 - position)));
        Assert.That(reader.TryRead([]) && reader.TryPeek([]));
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Seeking_goes_to_every_place_and_no_further()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(24);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        MbufReader reader = packet.GetReader();
        foreach (int position in Enumerable.Range(0, 24).Concat(Enumerable.Range(0, 24).Reverse()))
        {
            Assert.That(reader.TrySeek(position));
            Assert.That((reader.Position, reader.Remaining), Is.EqualTo((position, 24 - position)));
            Assert.That(reader.TryPeekByte(out byte value));
            Assert.That(value, Is.EqualTo(bytes[position]));
        }

        Assert.That(reader.TrySeek(24));
        Assert.That((reader.Remaining, reader.TryReadByte(out byte none), none), Is.EqualTo((0, false, 0)));
        Assert.That(reader.TrySeek(25), Is.False);
        Assert.That(reader.TrySeek(int.MaxValue), Is.False);
        Assert.That(reader.Position, Is.EqualTo(24));
    }

    [Test]
    public void Advancing_goes_over_bytes_and_no_further()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(24);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        for (int first = 0; first <= 24; first++)
        {
            MbufReader reader = packet.GetReader();
            Assert.That(reader.TryAdvance(first));
            Assert.That(reader.TryAdvance(25 - first), Is.False);
            Assert.That(reader.TryAdvance(int.MaxValue), Is.False);
            Assert.That(reader.Position, Is.EqualTo(first));
            Assert.That(reader.TryAdvance(24 - first));
            Assert.That((reader.Position, reader.Remaining), Is.EqualTo((24, 0)));
            Assert.That(reader.TryAdvance(0));
        }
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void Negative_places_are_mistakes(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.GetReader().TrySeek(count));
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.GetReader().TryAdvance(count));
    }

    [Test]
    public void Bytes_appended_on_the_way_are_read()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(5000);
        MbufReader reader = packet.GetReader();
        Assert.That(reader.TryReadByte(out _), Is.False);
        byte[] part = new byte[700];
        for (int i = 0; i < 10; i++)
        {
            Assert.That(packet.TryAppend(Pattern(700, i)));
            Assert.That(reader.TryRead(part));
            Assert.That(part, Is.EqualTo(Pattern(700, i)));
            Assert.That((reader.Remaining, reader.TryPeekByte(out _)), Is.EqualTo((0, false)));
        }
    }

    [Test]
    public void After_a_change_of_layout_a_seek_says_where_to_go_on()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(30);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(10), Segment.Internal(10), Segment.Internal(10));
        MbufReader reader = packet.GetReader();
        Assert.That(reader.TryAdvance(15));
        packet.TrimStart(10);

        bool thrown = false;
        try
        {
            reader.TryReadByte(out _);
        }
        catch (MbufStaleException)
        {
            thrown = true;
        }

        Assert.That(thrown, "The mbuf that it stopped in was freed.");
        Assert.That(reader.TrySeek(5));
        Assert.That(reader.TryReadByte(out byte value));
        Assert.That(value, Is.EqualTo(bytes[15]));
    }

    [Test]
    public void Bytes_that_come_and_go_before_the_reader_are_counted()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Internal(10), Segment.Internal(10));
        MbufReader reader = packet.GetReader();
        Assert.That(reader.TryAdvance(25));
        Assert.That(packet.TryPrepend(Pattern(20)));
        Assert.That((reader.Position, reader.Remaining), Is.EqualTo((45, 5)));
        packet.TrimStart(35);
        Assert.That((reader.Position, reader.Remaining), Is.EqualTo((10, 5)));
        Assert.That(reader.TryAdvance(6), Is.False);
        Assert.That(reader.TryAdvance(0) && reader.TryPeekByte(out byte next) && next == Pattern(30)[25]);
        packet.TrimEnd(2);
        Assert.That(reader.TryAdvance(4), Is.False);
        Assert.That(reader.TryAdvance(3) && reader.Remaining == 0 && !reader.TryReadByte(out _));
    }

    [Test]
    public void A_reader_of_a_packet_that_is_gone_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        MbufReader reader = packet.GetReader();
        packet.Free();

        int thrown = 0;
        for (int use = 0; use < 6; use++)
        {
            try
            {
                _ = use switch
                {
                    0 => reader.TryReadByte(out _),
                    1 => reader.TryRead(new byte[1]),
                    2 => reader.TryPeek(new byte[1]),
                    3 => reader.TrySeek(0),
                    4 => reader.TryAdvance(0),
                    _ => reader.Remaining == 0,
                };
            }
            catch (MbufStaleException)
            {
                thrown++;
            }
        }

        Assert.That(thrown, Is.EqualTo(6));
        Assert.That(reader.ToString(), Does.StartWith("reader whose byte is not there"));
    }

    private static void Check<T>(MbufChain packet, byte[] bytes, int size, Step<T> read, Step<T> peek, Decoder<T> decode)
    {
        for (int position = 0; position <= bytes.Length; position++)
        {
            MbufReader reader = packet.GetReader();
            Assert.That(reader.TrySeek(position));
            bool enough = position + size <= bytes.Length;
            T expected = enough ? decode(bytes.AsSpan(position, size)) : default!;

            Assert.That(peek(ref reader, out T value), Is.EqualTo(enough));
            Assert.That((reader.Position, value), Is.EqualTo((position, expected)));
            Assert.That(read(ref reader, out value), Is.EqualTo(enough));
            Assert.That((reader.Position, value), Is.EqualTo((enough ? position + size : position, expected)));
        }
    }
}
