using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ChecksumTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_example_of_the_rfc_gives_what_the_rfc_says()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        using MbufChain packet = Build(
            mbufs, bytes, Segment.Internal(3), Segment.Cluster(1), Segment.Empty, Segment.Shared(3), Segment.Internal(1));

        Assert.That(packet.TryComputeChecksum(0, 8, out ushort checksum));
        Assert.That(checksum, Is.EqualTo(0xFFFF - 0xDDF2));
    }

    [Test]
    public void Nothing_and_zeros_sum_to_nothing([Values(0, 1, 2, 7, 40)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[50]);

        Assert.That(packet.TryComputeChecksum(3, length, out ushort checksum));
        Assert.That(checksum, Is.EqualTo(0xFFFF));
    }

    [Test]
    public void A_last_odd_byte_is_the_upper_half_of_a_word()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, [0x12, 0x34, 0x56]);

        Assert.That(packet.TryComputeChecksum(0, 3, out ushort checksum));
        Assert.That(checksum, Is.EqualTo(0xFFFF - (0x1234 + 0x5600)));
        Assert.That(packet.TryComputeChecksum(2, 1, out checksum));
        Assert.That(checksum, Is.EqualTo(0xFFFF - 0x5600));
    }

    [Test]
    public void Every_offset_and_length_is_summed_as_words_from_the_offset_on()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(90);
        using MbufChain packet = Build(
            mbufs,
            bytes,
            Segment.Empty, Segment.Internal(1), Segment.Internal(7), Segment.EmptyCluster, Segment.Shared(33), Segment.Empty,
            Segment.ReadOnly(2), Segment.Internal(1), Segment.Internal(1), Segment.Cluster(45));

        for (int offset = 0; offset <= bytes.Length; offset++)
        {
            for (int length = 0; offset + length <= bytes.Length; length++)
            {
                Assert.That(packet.TryComputeChecksum(offset, length, out ushort checksum));
                ushort expected = Expected(bytes.AsSpan(offset, length));
                if (checksum != expected)
                {
                    Assert.Fail($"[{offset}, +{length}) gives {checksum:x4} and should give {expected:x4}.");
                }
            }
        }
    }

    [Test]
    public void Random_layouts_sum_as_if_contiguous([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = Segment.RandomLayout(random);
        byte[] bytes = new byte[layout.Sum(static segment => segment.Length)];
        random.NextBytes(bytes);
        if (seed % 3 == 0)
        {
            bytes.AsSpan().Fill(0xFF); // Every addition has a carry.
        }

        using MbufChain packet = Build(mbufs, bytes, layout);
        for (int i = 0; i < 20; i++)
        {
            int offset = random.Next(bytes.Length + 1);
            int length = random.Next(bytes.Length - offset + 1);
            Assert.That(packet.TryComputeChecksum(offset, length, out ushort checksum));
            Assert.That(checksum, Is.EqualTo(Expected(bytes.AsSpan(offset, length))));
        }
    }

    [Test]
    public void A_great_many_carries_find_their_way_back()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = new byte[16_000];
        bytes.AsSpan().Fill(0xFF);
        bytes[^1] = 0xFE;
        using MbufChain packet = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        Assert.That(packet.TryAppend(bytes));
        for (int i = 0; i < 7; i++)
        {
            packet.Append(packet.Share());
        }

        Assert.That(packet.TryComputeChecksum(0, packet.Length, out ushort checksum));
        Assert.That(checksum, Is.EqualTo(128), "Each of the 128 copies lacks one.");
    }

    [Test]
    public void A_right_checksum_in_its_place_makes_the_sum_zero()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(61);
        bytes[10] = bytes[11] = 0;
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(11), Segment.Internal(50));
        Assert.That(packet.TryComputeChecksum(0, 61, out ushort checksum));

        Assert.That(packet.TryCopyFrom(10, [(byte)(checksum >> 8), (byte)checksum]));
        Assert.That(packet.TryComputeChecksum(0, 61, out checksum));
        Assert.That(checksum, Is.Zero);
    }

    [TestCase(0, 101)]
    [TestCase(100, 1)]
    [TestCase(101, 0)]
    [TestCase(1, int.MaxValue)]
    [TestCase(int.MaxValue, 1)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void A_chain_that_ends_before_has_no_checksum(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));

        Assert.That(packet.TryComputeChecksum(offset, length, out ushort checksum), Is.False);
        Assert.That(checksum, Is.Zero);
        Assert.That(packet.TryComputeChecksum(100, 0, out checksum));
    }

    [TestCase(-1, 1, "offset")]
    [TestCase(int.MinValue, 1, "offset")]
    [TestCase(1, -1, "length")]
    [TestCase(0, int.MinValue, "length")]
    [TestCase(-1, -1, "offset")]
    public void Negative_places_are_mistakes(int offset, int length, string parameter)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));

        Assert.That(
            Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryComputeChecksum(offset, length, out _)).ParamName,
            Is.EqualTo(parameter));
    }

    [Test]
    public void Summing_needs_no_memory_and_changes_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Shared(50), Segment.ReadOnly(50));
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryComputeChecksum(0, 100, out ushort checksum));
        Assert.That(checksum, Is.EqualTo(Expected(Pattern(100))));
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }

    /// <summary>Word by word, as the definition has it.</summary>
    internal static ushort Expected(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
