using System.Buffers;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>m_uiotombuf: a packet or chain of the first bytes of a sequence, which moves on.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AllocateFromSequenceTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void It_takes_as_many_bytes_as_are_asked_for_and_there(
        [Values(0, 1, 160, 193, 2048, 2049, 12_000)] int there,
        [Values(0, 1, 50, 2048, int.MaxValue)] int length,
        [Values(0, 40, 192)] int headroom)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(there);
        ReadOnlySequence<byte> first = Sequence(bytes);
        ReadOnlySequence<byte> second = first;
        int taken = Math.Min(there, length);
        using MbufChain packet = mbufs.AllocatePacketFrom(ref first, length, headroom);
        using MbufChain chain = mbufs.AllocateChainFrom(ref second, length, headroom);

        Assert.That((packet.HasPacketHeader, chain.HasPacketHeader), Is.EqualTo((true, false)));
        Assert.That((packet.PacketLength, chain.PacketLength), Is.EqualTo((taken, 0)));
        Assert.That(packet.Headroom, Is.GreaterThanOrEqualTo(headroom));
        Assert.That(chain.Headroom, Is.EqualTo(packet.Headroom));
        ChainAssert.Holds(packet, bytes.AsSpan(0, taken));
        ChainAssert.Holds(chain, bytes.AsSpan(0, taken));
        Assert.That(first.ToArray(), Is.EqualTo(bytes[taken..]));
        Assert.That(second.ToArray(), Is.EqualTo(bytes[taken..]));
    }

    [Test]
    public void No_bytes_at_all_are_one_empty_mbuf()
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySequence<byte> nothing = ReadOnlySequence<byte>.Empty;
        using MbufChain packet = mbufs.AllocatePacketFrom(ref nothing, 0, 16);
        using MbufChain chain = mbufs.AllocateChainFrom(ref nothing, 100, 0);

        Assert.That((packet.SegmentCount, packet.Headroom, packet.Tailroom), Is.EqualTo((1, 16, 176)));
        Assert.That((chain.SegmentCount, chain.Headroom, chain.Tailroom), Is.EqualTo((1, 0, 192)));
    }

    [Test]
    public void Taking_bit_by_bit_takes_everything_once()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(10_000);
        ReadOnlySequence<byte> source = Sequence(bytes);
        using MbufChain all = mbufs.AllocatePacketWithoutCluster();
        while (!source.IsEmpty)
        {
            all.Append(mbufs.AllocateChainFrom(ref source, 999, 0));
        }

        ChainAssert.Holds(all, bytes);
    }

    [Test]
    public void Being_denied_leaves_the_sequence_where_it_was()
    {
        using MbufScope mbufs = Arena.Enter();
        Hoard hoard = Hoard.OfEverything(mbufs);
        ReadOnlySequence<byte> source = Sequence(Pattern(5000));

        Assert.That(mbufs.AllocatePacketFrom(ref source, MbufSizes.CopyAll, 0).IsNull);
        Assert.That(mbufs.AllocateChainFrom(ref source, 10, 0).IsNull);
        hoard.ReleaseClusters(mbufs, 2);
        Assert.That(mbufs.AllocatePacketFrom(ref source, 5000, 0).IsNull, "Two clusters are not three.");
        Assert.That(source.Length, Is.EqualTo(5000));
        hoard.Release(mbufs);
    }

    [Test]
    public void A_length_or_headroom_out_of_range_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();
        foreach ((int length, int headroom) in new[] { (-1, 0), (int.MinValue, 0), (1, -1), (1, 193), (0, int.MinValue) })
        {
            Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope =>
            {
                ReadOnlySequence<byte> source = Sequence(Pattern(3));
                scope.AllocatePacketFrom(ref source, length, headroom);
            });
            Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope =>
            {
                ReadOnlySequence<byte> source = Sequence(Pattern(3));
                scope.AllocateChainFrom(ref source, length, headroom);
            });
        }
    }

    [Test]
    public void More_bytes_than_a_chain_can_hold_are_a_mistake_only_if_all_are_asked_for()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] piece = new byte[1 << 20];
        var huge = new Piece(piece, null);
        Piece last = huge;
        for (int i = 1; i <= 2048; i++)
        {
            last = new Piece(piece, last);
        }

        var source = new ReadOnlySequence<byte>(huge, 0, last, piece.Length);
        Expect.Throws<OverflowException>(mbufs, scope =>
        {
            ReadOnlySequence<byte> copy = source;
            scope.AllocatePacketFrom(ref copy, MbufSizes.CopyAll, 0);
        });
        using MbufChain packet = mbufs.AllocatePacketFrom(ref source, 10, 0);
        Assert.That(packet.Length, Is.EqualTo(10));
    }

    /// <summary>Bytes in pieces of odd sizes, some of them empty.</summary>
    private static ReadOnlySequence<byte> Sequence(byte[] bytes)
    {
        var random = new Random(bytes.Length);
        Piece? first = null;
        Piece? last = null;
        int offset = 0;
        foreach (int length in BytePattern.RandomCuts(random, bytes.Length, 5))
        {
            last = new Piece(bytes.AsMemory(offset, length), last);
            first ??= last;
            offset += length;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
