using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Packets come out of a capture of every form as they went in.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CaptureReaderTests(ArenaKind kind) : CaptureFixture(kind)
{
    private static IEnumerable<CaptureForm> Forms => CaptureForm.All;

    [TestCaseSource(nameof(Forms))]
    public void Packets_of_every_length_are_read(CaptureForm form)
    {
        using var reader = new MbufCaptureReader(new MemoryStream(form.Write(CapturedPacket.Various), writable: false));

        Assert.That(reader.Format, Is.EqualTo(form.Format));
        AssertSame(ReadAll(reader), CapturedPacket.Various, form);
        Assert.That(reader.LinkType, Is.EqualTo(MbufLinkType.Ethernet));
    }

    [TestCaseSource(nameof(Forms))]
    public void Random_packets_are_read(CaptureForm form)
    {
        var random = new Random(20_260_101);
        for (int run = 0; run < 6; run++)
        {
            int count = random.Next(20);
            CapturedPacket[] packets = [.. Enumerable.Range(0, count).Select(_ => CapturedPacket.Random(random, 60_000))];
            using var reader = new MbufCaptureReader(new MemoryStream(form.Write(packets), writable: false));

            AssertSame(ReadAll(reader), packets, form);
        }
    }

    [TestCaseSource(nameof(Forms))]
    public void A_stream_may_give_fewer_bytes_than_it_is_asked_for(CaptureForm form)
    {
        var random = new Random(4);
        Func<int, int>[] various = [static _ => 1, static asked => asked / 2, _ => random.Next(1, 3000)];
        foreach (Func<int, int> most in various)
        {
            using var reader = new MbufCaptureReader(new DribblingStream(form.Write(CapturedPacket.Various), most));

            AssertSame(ReadAll(reader), CapturedPacket.Various, form);
        }
    }

    [TestCaseSource(nameof(Forms))]
    public void No_byte_is_read_that_a_packet_does_not_need(CaptureForm form)
    {
        CapturedPacket first = CapturedPacket.Various[5];
        var stream = new DribblingStream(form.Write(first, CapturedPacket.Various[6]), static asked => asked);
        using var reader = new MbufCaptureReader(stream);
        using MbufScope mbufs = Arena.Enter();

        reader.Read(mbufs, out MbufChain packet);
        packet.Free();

        // Simple blocks: the next section begins behind it.
        int behind = form.NanosecondsOfUnit == 0 ? 28 : 0;
        Assert.That(stream.Given, Is.EqualTo(form.Write(first).Length - behind));
    }

    [TestCase(1)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(2048)]
    [TestCase(2049)]
    [TestCase(9216)]
    [TestCase(16_384)]
    public void Up_to_16_KiB_are_one_segment_behind_the_headroom(int length)
    {
        using var reader = new MbufCaptureReader(new PcapBytes().Packet(Pattern(length)).ToStream());
        using MbufScope mbufs = Arena.Enter();

        reader.Read(mbufs, out MbufChain packet);

        using MbufChain owned = packet;
        Assert.That(owned.SegmentCount, Is.EqualTo(1));
        Assert.That(owned.Cache.Hot.Memory.RoomBefore(ref owned.VerifiedHead()), Is.GreaterThanOrEqualTo(Kind.Headroom));
        ChainAssert.Holds(owned, Pattern(length));
    }

    [Test]
    public void Without_a_larger_cluster_a_packet_comes_in_small_ones()
    {
        MbufArena arena = NewArena(mbufs: 32, clusters: 8);
        using var reader = new MbufCaptureReader(new PcapBytes().Packet(Pattern(9000)).ToStream());
        using MbufScope mbufs = arena.Enter();

        Assert.That(reader.Read(mbufs, out MbufChain packet), Is.EqualTo(MbufCaptureStatus.Packet));

        using MbufChain owned = packet;
        Assert.That(owned.SegmentCount, Is.EqualTo(5));
        ChainAssert.Holds(owned, Pattern(9000));
    }

    [Test]
    public void An_empty_packet_is_a_packet()
    {
        using var reader = new MbufCaptureReader(new PcapBytes().Packet([], original: 60).Packet(Pattern(3)).ToStream());
        using MbufScope mbufs = Arena.Enter();

        Assert.That(reader.Read(mbufs, out MbufChain packet), Is.EqualTo(MbufCaptureStatus.Packet));
        using (packet)
        {
            Assert.That(packet.IsEmpty);
            Assert.That(packet.SegmentCount, Is.EqualTo(1));
            Assert.That(reader.OriginalLength, Is.EqualTo(60));
        }

        Assert.That(reader.Read(mbufs, out packet), Is.EqualTo(MbufCaptureStatus.Packet));
        packet.Free();
        Assert.That(reader.OriginalLength, Is.EqualTo(3));
    }

    [TestCaseSource(nameof(Forms))]
    public void A_capture_without_packets_ends_at_once_and_again(CaptureForm form)
    {
        using var reader = new MbufCaptureReader(new MemoryStream(form.Write([]), writable: false));
        using MbufScope mbufs = Arena.Enter();

        Assert.That(reader.Read(mbufs, out MbufChain packet), Is.EqualTo(MbufCaptureStatus.End));
        Assert.That(packet.IsNull);
        Assert.That(reader.Read(mbufs, out packet), Is.EqualTo(MbufCaptureStatus.End));
    }

    [Test]
    public void A_file_that_grows_is_read_on()
    {
        using var stream = new MemoryStream();
        stream.Write(new PcapBytes().ToArray());
        stream.Position = 0;
        using var reader = new MbufCaptureReader(stream);
        Assert.That(ReadAll(reader), Is.Empty);

        stream.Write(new PcapBytes().Packet(Pattern(70)).ToArray().AsSpan(PcapBytes.FileHeaderSize));
        stream.Position = PcapBytes.FileHeaderSize;

        Assert.That(ReadAll(reader), Has.Count.EqualTo(1));
    }
}
