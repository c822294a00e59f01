using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>What was written is a capture as the format has it, and is read again as it was.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CaptureWriterTests(ArenaKind kind) : CaptureFixture(kind)
{
    private const ulong LastNanosecond = 4_294_967_295_999_999_999;

    private static readonly CaptureForm s_microseconds = CaptureForm.All[0];
    private static readonly CaptureForm s_nanoseconds = CaptureForm.All[1];

    [Test]
    public void Packets_are_written_as_the_format_has_them([Values] MbufCaptureResolution resolution)
    {
        CaptureForm form = resolution == MbufCaptureResolution.Nanoseconds ? s_nanoseconds : s_microseconds;
        using var stream = new MemoryStream();
        using (var writer = new MbufCaptureWriter(stream, MbufLinkType.Ethernet, resolution, leaveOpen: true))
        {
            using MbufScope mbufs = Arena.Enter();
            foreach (CapturedPacket captured in CapturedPacket.Various)
            {
                using MbufChain packet = Packet(mbufs, captured.Bytes);
                ChainSnapshot before = ChainSnapshot.Of(packet);
                writer.Write(packet, captured.Nanoseconds, captured.Original);
                before.AssertUnchanged(packet);
            }
        }

        Assert.That(stream.ToArray(), Is.EqualTo(form.Write(CapturedPacket.Various)));
        stream.Position = 0;
        using var reader = new MbufCaptureReader(stream);
        AssertSame(ReadAll(reader), CapturedPacket.Various, form);
    }

    [Test]
    public void The_time_and_length_of_the_packet_are_written()
    {
        byte[] file = Write(writer =>
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Packet(mbufs, Pattern(100));
            packet.ReceiveTimestamp = 1_700_000_000_123_456_789;
            writer.Write(packet);
            using MbufChain plain = mbufs.AllocateMbuf();
            Assert.That(plain.TryAppend(Pattern(50)));
            writer.Write(plain);
        });

        Assert.That(file, Is.EqualTo(new PcapBytes(isNanoseconds: true)
            .Packet(Pattern(100), 1_700_000_000_123_456_789)
            .Packet(Pattern(50))
            .ToArray()));
    }

    [Test]
    public void Every_segment_is_written_and_empty_ones_are_nothing()
    {
        byte[] file = Write(writer =>
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Packet(mbufs, Pattern(1));
            Assert.That(packet.TryAddRoom(3000) && packet.TryPrepend(150, out Span<byte> front) && Fill(front));
            using MbufChain more = Packet(mbufs, Pattern(2048));
            packet.Append(more);
            writer.Write(packet);
            using MbufChain empty = mbufs.AllocatePacket();
            writer.Write(empty);
        });

        byte[] bytes = [.. new byte[150], .. Pattern(1), .. Pattern(2048)];
        Assert.That(file, Is.EqualTo(new PcapBytes(isNanoseconds: true).Packet(bytes).Packet([]).ToArray()));
    }

    [TestCase(1)]
    [TestCase(96)]
    [TestCase(2048)]
    [TestCase(2049)]
    public void No_more_than_the_snap_length_is_written(int snapLength)
    {
        byte[] bytes = Pattern(5000);
        using var stream = new MemoryStream();
        using (var writer = new MbufCaptureWriter(stream, MbufLinkType.Raw, snapLength: snapLength, leaveOpen: true))
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Packet(mbufs, bytes);
            writer.Write(packet);
            Assert.That((writer.SnapLength, writer.LinkType), Is.EqualTo((snapLength, MbufLinkType.Raw)));
        }

        PcapBytes expected = new PcapBytes(isNanoseconds: true, linkType: 101, snapLength: (uint)snapLength)
            .Packet(bytes.AsSpan(0, snapLength), original: 5000);
        Assert.That(stream.ToArray(), Is.EqualTo(expected.ToArray()));
    }

    [Test]
    public void The_last_second_of_the_format_is_written()
    {
        byte[] file = Write(writer =>
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Packet(mbufs, Pattern(4));
            writer.Write(packet, LastNanosecond, uint.MaxValue);
        });

        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(24)), Is.EqualTo((999_999_999ul << 32) | uint.MaxValue));
        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(32)), Is.EqualTo(((ulong)uint.MaxValue << 32) | 4));
    }

    [TestCase(LastNanosecond + 1, 4L)]
    [TestCase(ulong.MaxValue, 4L)]
    [TestCase(0ul, 3L)]
    [TestCase(0ul, -1L)]
    [TestCase(0ul, 1L << 32)]
    [TestCase(0ul, long.MaxValue)]
    public void What_the_format_cannot_hold_is_refused_and_nothing_is_written(ulong timestamp, long originalLength)
    {
        byte[] file = Write(writer =>
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Packet(mbufs, Pattern(4));
            bool refused = false;
            try
            {
                writer.Write(packet, timestamp, originalLength);
            }
            catch (ArgumentOutOfRangeException)
            {
                refused = true;
            }

            Assert.That(refused);
        });

        Assert.That(file, Is.EqualTo(new PcapBytes(isNanoseconds: true).ToArray()));
    }

    [Test]
    public void A_packet_that_was_freed_is_refused_and_nothing_is_written()
    {
        byte[] file = Write(writer =>
        {
            using MbufScope mbufs = Arena.Enter();
            MbufChain packet = Packet(mbufs, Pattern(4));
            packet.Free();
            bool refused = false;
            try
            {
                writer.Write(packet, 0, 4);
            }
            catch (MbufStaleException)
            {
                refused = true;
            }

            Assert.That(refused);
        });

        Assert.That(file, Has.Length.EqualTo(PcapBytes.FileHeaderSize));
    }

    private static byte[] Write(Action<MbufCaptureWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new MbufCaptureWriter(stream, MbufLinkType.Ethernet, leaveOpen: true))
        {
            write(writer);
        }

        return stream.ToArray();
    }

    private static bool Fill(Span<byte> bytes)
    {
        bytes.Clear();
        return true;
    }
}
