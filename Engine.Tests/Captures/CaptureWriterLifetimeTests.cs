using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Who owns the stream of a writer, and wrong use.</summary>
public sealed class CaptureWriterLifetimeTests : CaptureFixture
{
    [Test]
    public void The_stream_is_disposed_of_with_the_writer_unless_it_is_to_be_left_open([Values] bool leaveOpen)
    {
        using var stream = new MemoryStream();
        var writer = new MbufCaptureWriter(stream, MbufLinkType.Ethernet, leaveOpen: leaveOpen);
        writer.Dispose();
        writer.Dispose();

        Assert.That(stream.CanWrite, Is.EqualTo(leaveOpen));
        Assert.Throws<ObjectDisposedException>(writer.Flush);
        Assert.Throws<ObjectDisposedException>(() => WriteOne(writer));
    }

    [Test]
    public void What_was_written_is_flushed_when_it_is_asked_for_and_at_the_end([Values] bool atTheEnd)
    {
        using var target = new MemoryStream();
        using var buffered = new BufferedStream(target, 4096);
        var writer = new MbufCaptureWriter(buffered, MbufLinkType.Ethernet, leaveOpen: true);
        WriteOne(writer);
        Assert.That(target.Length, Is.Zero);

        if (atTheEnd)
        {
            writer.Dispose();
        }
        else
        {
            writer.Flush();
        }

        Assert.That(target.Length, Is.EqualTo(PcapBytes.FileHeaderSize + PcapBytes.RecordHeaderSize + 10));
    }

    [Test]
    public void Wrong_arguments_are_refused_and_the_stream_stays_the_callers()
    {
        using var stream = new MemoryStream();
        using var readOnly = new MemoryStream([], writable: false);
        const MbufLinkType Type = MbufLinkType.Ethernet;

        Assert.That(() => new MbufCaptureWriter(null!, Type).Dispose(), Throws.ArgumentNullException);
        Assert.That(() => new MbufCaptureWriter(readOnly, Type).Dispose(), Throws.ArgumentException);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MbufCaptureWriter(stream, Type, snapLength: 0).Dispose());
        Assert.Throws<ArgumentOutOfRangeException>(() => new MbufCaptureWriter(stream, Type, snapLength: 1_048_577).Dispose());
        Assert.Throws<ArgumentOutOfRangeException>(() => new MbufCaptureWriter(stream, Type, (MbufCaptureResolution)2).Dispose());
        Assert.That(stream.CanWrite);
        Assert.That(stream.Length, Is.Zero);
    }

    /// <summary>A disk that is full in the middle of a packet, and then is not.</summary>
    [Test]
    public void Nothing_is_written_behind_a_part_of_a_packet([Values(0, 16)] int written)
    {
        using var stream = new FullStream { Room = PcapBytes.FileHeaderSize + written };
        using var writer = new MbufCaptureWriter(stream, MbufLinkType.Ethernet);
        Assert.Throws<IOException>(() => WriteOne(writer));
        stream.Room = 1000;

        Assert.Throws<InvalidOperationException>(() => WriteOne(writer));
        Assert.That(stream.Length, Is.EqualTo(PcapBytes.FileHeaderSize + written));
        Assert.DoesNotThrow(writer.Flush);
    }

    [Test]
    public void What_is_refused_before_the_first_byte_leaves_the_capture_whole()
    {
        using var stream = new MemoryStream();
        using var writer = new MbufCaptureWriter(stream, MbufLinkType.Ethernet);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = Packet(mbufs, Pattern(10));
            writer.Write(packet, ulong.MaxValue, 10);
        });
        WriteOne(writer);
        Assert.That(stream.Length, Is.EqualTo(PcapBytes.FileHeaderSize + PcapBytes.RecordHeaderSize + 10));
    }

    private void WriteOne(MbufCaptureWriter writer)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        writer.Write(packet);
    }

    /// <summary>Takes no more than there is room for.</summary>
    private sealed class FullStream : MemoryStream
    {
        public int Room { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > Room)
            {
                throw new IOException("The disk is full.");
            }

            base.Write(buffer);
        }
    }
}
