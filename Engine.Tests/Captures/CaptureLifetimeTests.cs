using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Who owns the stream, what exhaustion and failures of the stream leave behind, and wrong use.</summary>
public sealed class CaptureLifetimeTests : CaptureFixture
{
    private static IEnumerable<CaptureForm> Forms => CaptureForm.All;

    [Test]
    public void The_stream_is_disposed_of_with_the_reader_unless_it_is_to_be_left_open([Values] bool leaveOpen)
    {
        var stream = new DribblingStream(new PcapBytes().ToArray(), static asked => asked);
        var reader = new MbufCaptureReader(stream, leaveOpen);
        reader.Dispose();
        reader.Dispose();

        Assert.That(stream.IsDisposed, Is.Not.EqualTo(leaveOpen));
        Assert.Throws<ObjectDisposedException>(() => ReadAll(reader));
    }

    [Test]
    public void A_stream_that_is_no_capture_is_disposed_of_too([Values] bool leaveOpen)
    {
        var stream = new DribblingStream(new byte[100], static asked => asked);

        Assert.Throws<InvalidDataException>(() => new MbufCaptureReader(stream, leaveOpen).Dispose());

        Assert.That(stream.IsDisposed, Is.Not.EqualTo(leaveOpen));
    }

    [Test]
    public void A_reader_needs_a_stream_that_can_be_read()
    {
        string path = Path.GetTempFileName();
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            Assert.That(() => new MbufCaptureReader(stream).Dispose(), Throws.ArgumentException);
        }

        Assert.That(() => new MbufCaptureReader(null!).Dispose(), Throws.ArgumentNullException);
    }

    [TestCaseSource(nameof(Forms))]
    public void A_packet_that_found_no_memory_comes_with_the_next_read(CaptureForm form)
    {
        using var reader = new MbufCaptureReader(new MemoryStream(form.Write(CapturedPacket.Various), writable: false));
        var seen = new List<CapturedPacket>();
        for (MbufCaptureStatus status = MbufCaptureStatus.Packet; status != MbufCaptureStatus.End;)
        {
            using MbufScope mbufs = Arena.Enter();
            Hoard hoard = Hoard.OfEverything(mbufs);
            status = reader.Read(mbufs, out MbufChain packet);
            Assert.That(packet.IsNull);
            hoard.Release(mbufs);
            if (status == MbufCaptureStatus.Exhausted)
            {
                Assert.That(reader.Read(mbufs, out packet), Is.EqualTo(MbufCaptureStatus.Packet));
                using MbufChain owned = packet;
                seen.Add(Seen(reader, owned));
            }
        }

        AssertSame(seen, CapturedPacket.Various, form);
    }

    [Test]
    public void A_packet_may_be_read_into_another_arena_than_the_one_before()
    {
        using var reader = new MbufCaptureReader(new PcapBytes().Packet(Pattern(5000)).ToStream());
        MbufArena small = NewArena(mbufs: 4, clusters: 1);
        using (MbufScope mbufs = small.Enter())
        {
            Assert.That(reader.Read(mbufs, out _), Is.EqualTo(MbufCaptureStatus.Exhausted));
        }

        Assert.That(ReadAll(reader).Single().Bytes, Is.EqualTo(Pattern(5000)));
    }

    [Test]
    public void A_closed_scope_is_refused_and_the_packet_is_not_lost()
    {
        using var reader = new MbufCaptureReader(new PcapBytes().Packet(Pattern(50)).ToStream());
        bool refused = false;
        MbufScope mbufs = Arena.Enter();
        mbufs.Dispose();
        try
        {
            reader.Read(mbufs, out _);
        }
        catch (ObjectDisposedException)
        {
            refused = true;
        }

        Assert.That(refused);
        Assert.That(ReadAll(reader), Has.Count.EqualTo(1));
    }

    [TestCaseSource(nameof(Forms))]
    public void Where_the_stream_fails_is_where_reading_goes_on_or_ends(CaptureForm form)
    {
        CapturedPacket[] packets = [.. CapturedPacket.Various.Take(4)];
        byte[] file = form.Write(packets);
        int beginning = form.Write([]).Length;
        int first = form.Format == MbufCaptureFormat.PcapNg ? 28 : PcapBytes.FileHeaderSize;
        int goneOn = 0;
        for (int failingAt = first; failingAt < file.Length; failingAt++)
        {
            using var reader = new MbufCaptureReader(new DribblingStream(file, static asked => asked) { FailingAt = failingAt });
            Assert.Throws<IOException>(() => ReadAll(reader));
            try
            {
                _ = ReadAll(reader);
                goneOn++;
            }
            catch (InvalidOperationException)
            {
                // In the middle of something.
            }

            Assert.That(Arena.LiveMbufs, Is.Zero);
        }

        Assert.That(goneOn, Is.InRange(packets.Length, beginning + (6 * packets.Length)));
    }
}
