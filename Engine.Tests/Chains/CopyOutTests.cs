using System.Buffers;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>m_mbuftouio: out of a chain into pieces of memory, and into a writer.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CopyOutTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly int[][] s_pieces = [[], [0], [1], [100], [0, 0, 250], [1, 1, 1], [60, 0, 1, 200, 0], [249], [250], [251, 30]];

    [Test]
    public void As_many_bytes_are_copied_as_there_are_and_fit_and_are_asked_for(
        [ValueSource(nameof(s_pieces))] int[] pieces, [Values(0, 1, 99, 250, 251, int.MaxValue)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(250);
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Empty, Segment.Internal(1), Segment.Shared(99), Segment.Empty, Segment.ReadOnly(150), Segment.EmptyCluster);
        ChainSnapshot before = ChainSnapshot.Of(packet);
        byte[] target = new byte[pieces.Sum()];
        Memory<byte>[] destinations = Cut(target, pieces);
        int expected = Math.Min(Math.Min(250, target.Length), length);

        Assert.That(packet.CopyTo(destinations, length), Is.EqualTo(expected));
        byte[] whole = new byte[target.Length];
        bytes.AsSpan(0, expected).CopyTo(whole);
        Assert.That(target, Is.EqualTo(whole), "The bytes, in order, and nothing behind them.");
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Nothing_is_copied_of_an_empty_chain()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        var writer = new ArrayBufferWriter<byte>();

        Assert.That(packet.CopyTo([new byte[3]], 0), Is.Zero);
        packet.CopyTo(writer);
        Assert.That(writer.WrittenCount, Is.Zero);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_length_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [1, 2]);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.CopyTo([new byte[3]], length));
    }

    [Test]
    public void Random_chains_arrive_in_random_pieces_and_in_writers([Range(1, 30)] int seed)
    {
        using MbufScope mbufs = Arena.Enter();
        var random = new Random(seed);
        Segment[] layout = Segment.RandomLayout(random);
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length), seed);
        using MbufChain packet = Build(mbufs, bytes, layout);
        byte[] target = new byte[bytes.Length];
        var writer = new StingyWriter(random.Next(1, 300));

        Assert.That(packet.CopyTo(Cut(target, BytePattern.RandomCuts(random, bytes.Length, 7)), MbufSizes.CopyAll), Is.EqualTo(bytes.Length));
        packet.CopyTo(writer);
        Assert.That(target, Is.EqualTo(bytes));
        Assert.That(writer.Written, Is.EqualTo(bytes));
    }

    [Test]
    public void A_writer_that_is_null_or_gives_no_room_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [1, 2]);

        Expect.Throws<ArgumentNullException>(packet, static chain => chain.CopyTo(null!));
        Expect.Throws<InvalidOperationException>(packet, static chain => chain.CopyTo(new StingyWriter(0)));
    }

    [Test]
    public void A_writer_that_throws_leaves_the_chain_as_it_is()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(3000);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(2000), Segment.Cluster(1000));

        Expect.Throws<NotSupportedException>(packet, static chain =>
            chain.CopyTo(new StingyWriter(700, static given => _ = given < 3 ? 0 : throw new NotSupportedException())));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void A_writer_that_frees_or_cuts_the_packet_is_found_out()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf packet = Build(mbufs, Pattern(3000), Segment.Cluster(2000), Segment.Cluster(1000)).Detach();
        Expect.Throws<MbufStaleException>(mbufs, scope =>
        {
            MbufChain open = scope.Open(packet);
            Mbuf handle = HandleOf(open);
            open.CopyTo(new StingyWriter(100, given => FreeAt(given, 5, handle)));
        });
        packet = Build(mbufs, Pattern(3000), Segment.Cluster(2000), Segment.Cluster(1000)).Detach();
        Expect.Throws<InvalidOperationException>(mbufs, scope =>
        {
            using MbufChain open = scope.Open(packet);
            uint index = open.Index;
            uint generation = open.VerifiedHead().Generation;
            ThreadCache cache = open.Cache;
            open.CopyTo(new StingyWriter(100, given => new MbufChain(cache, index, generation).TrimEnd(given == 5 ? 2000 : 0)));
        });
    }

    private void FreeAt(int given, int number, Mbuf packet)
    {
        if (given == number)
        {
            using MbufScope mbufs = Arena.Enter();
            mbufs.Free([packet]);
        }
    }

    private static Memory<byte>[] Cut(byte[] bytes, int[] lengths)
    {
        int offset = 0;
        return [.. lengths.Select(length => bytes.AsMemory((offset += length) - length, length))];
    }

    /// <summary>Gives a few bytes of room at a time.</summary>
    private sealed class StingyWriter(int size, Action<int>? before = null) : IBufferWriter<byte>
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private int _given;

        public byte[] Written => _bytes.WrittenSpan.ToArray();

        public void Advance(int count) => _bytes.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException("A span serves.");

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            before?.Invoke(_given++);
            return size == 0 ? default : _bytes.GetSpan(size)[..size];
        }
    }
}
