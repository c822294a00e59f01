using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>A malformed capture is refused, with words that say what is wrong, where, and what would be right.</summary>
public sealed class CaptureRefusalTests : CaptureFixture
{
    private static IEnumerable<CaptureForm> Forms => CaptureForm.All;

    [TestCase(new byte[] { 0x1F, 0x8B, 8, 0 }, "1f8b0800")]
    [TestCase(new byte[] { 0xA1, 0xB2, 0xCD, 0x34 }, "a1b2cd34")]
    [TestCase(new byte[] { 0, 0, 0, 0 }, "00000000")]
    public void What_is_no_capture_is_refused_at_once(byte[] beginning, string shown)
        => Assert.That(
            RefusalOfOpening([.. beginning, .. new byte[100]]),
            Does.Contain("capture at byte 0").And.Contain(shown).And.Contain("a1b2c3d4").And.Contain("0a0d0d0a"));

    [Test]
    public void A_beginning_that_is_cut_off_is_refused_at_once([Values(0, 1, 3)] int length)
        => Assert.That(
            RefusalOfOpening(new PcapBytes().ToArray()[..length]),
            Does.Contain($"ends at byte {length}").And.Contain($"{4 - length} more"));

    [Test]
    public void A_file_header_that_is_cut_off_is_refused_at_once([Values(4, 23)] int length)
        => Assert.That(RefusalOfOpening(new PcapBytes().ToArray()[..length]), Does.Contain("pcap file header at byte 0"));

    [Test]
    public void A_section_header_that_is_cut_off_is_refused_at_once([Values(4, 11, 27)] int length)
        => Assert.That(RefusalOfOpening(new PcapNgBytes().ToArray()[..length]), Does.Contain("section header block at byte 0"));

    [TestCase(1, 4)]
    [TestCase(3, 0)]
    [TestCase(543, 0)]
    public void Another_version_of_pcap_is_refused(int major, int minor) => Assert.That(
        RefusalOfOpening(new PcapBytes(isBigEndian: true, major: major, minor: minor).ToArray()),
        Does.Contain("pcap file header").And.Contain($"version {major}.{minor}").And.Contain("version 2.4"));

    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(2, 0)]
    public void Another_version_of_pcapng_is_refused(int major, int minor) => Assert.That(
        RefusalOfOpening(new PcapNgBytes(major: major, minor: minor).ToArray()),
        Does.Contain("section header block at byte 0").And.Contain($"version {major}.{minor}").And.Contain("version 1.0"));

    [Test]
    public void A_section_without_byte_order_is_refused()
    {
        byte[] file = new PcapNgBytes().ToArray();
        file[8] ^= 1;

        Assert.That(RefusalOfOpening(file), Does.Contain("byte-order magic is 1a2b3c4c").And.Contain("1a2b3c4d"));
    }

    [Test]
    public void A_record_that_claims_too_much_is_refused()
    {
        PcapBytes file = new PcapBytes(snapLength: 65_535).Packet(Pattern(10)).Record(0, 0, 262_145, 262_145, Pattern(10));

        Assert.That(
            Refusal(file.ToArray(), packetsBefore: 1),
            Does.Contain("packet record at byte 50").And.Contain("262145 bytes").And.Contain("0 to 262144"));
    }

    [TestCase(0u)]
    [TestCase(65_535u)]
    [TestCase(uint.MaxValue)]
    public void The_largest_claim_is_refused(uint snapLength)
        => Assert.That(
            Refusal(new PcapBytes(snapLength: snapLength).Record(0, 0, uint.MaxValue, uint.MaxValue, Pattern(10)).ToArray()),
            Does.Contain("4294967295 bytes were captured"));

    [Test]
    public void A_capture_that_is_cut_off_is_refused_behind_its_whole_packets_wherever_it_is(
        [ValueSource(nameof(Forms))] CaptureForm form)
    {
        CapturedPacket[] packets = [.. CapturedPacket.Various.Where(static packet => packet.Bytes.Length <= 65).Take(4)];
        byte[] whole = form.Write(packets);
        int[] boundaries = [.. Boundaries(form, packets)];
        for (int length = boundaries[0]; length < whole.Length; length++)
        {
            int before = boundaries.Count(end => end <= length) - 1;
            if (IsBetweenBlocks(form, whole, length))
            {
                continue;
            }

            Assert.That(
                Refusal(whole[..length], before), Does.StartWith($"The capture ends at byte {length}, in the middle of the "));
        }
    }

    /// <summary>Also where the arena is smaller than the claim: there is nothing to wait for.</summary>
    [Test]
    public void A_claim_of_bytes_that_the_file_does_not_have_takes_no_memory()
    {
        MbufArena arena = NewArena(mbufs: 4, clusters: 1);
        using var reader = new MbufCaptureReader(new PcapBytes().Record(0, 0, 200_000, 200_000, Pattern(100)).ToStream());
        using MbufScope mbufs = arena.Enter();
        long failures = arena.GetStatistics().Packets.Denied;

        InvalidDataException? refusal = null;
        try
        {
            reader.Read(mbufs, out _);
        }
        catch (InvalidDataException exception)
        {
            refusal = exception;
        }

        Assert.That(refusal?.Message, Does.Contain("at least 199900 more bytes"));
        Assert.That(arena.GetStatistics().Packets.Denied, Is.EqualTo(failures));
    }

    [Test]
    public void After_a_refusal_nothing_more_is_read()
    {
        using var reader = new MbufCaptureReader(new PcapBytes().Record(0, 0, 300_000, 0, Pattern(400)).ToStream());
        Assert.Throws<InvalidDataException>(() => ReadAll(reader));

        InvalidOperationException lost = Assert.Throws<InvalidOperationException>(() => ReadAll(reader))!;

        Assert.That(lost.Message, Does.Contain("packet record at byte 24"));
    }

    private static IEnumerable<int> Boundaries(CaptureForm form, CapturedPacket[] packets)
        => Enumerable.Range(0, packets.Length + 1)
            .Select(count => form.Write(packets[..count]).Length - (count > 0 ? BehindPacket(form) : 0));

    /// <summary>Bytes of blocks that a form writes behind a packet.</summary>
    private static int BehindPacket(CaptureForm form) => form.NanosecondsOfUnit == 0 ? 28 : 0;

    /// <summary>The blocks of a capture say where they end.</summary>
    private static bool IsBetweenBlocks(CaptureForm form, byte[] whole, int length)
    {
        bool isBigEndian = form.ToString().Contains("big-endian", StringComparison.Ordinal);
        int place = form.Format == MbufCaptureFormat.PcapNg ? 0 : PcapBytes.FileHeaderSize;
        while (place < length)
        {
            ReadOnlySpan<byte> bytes = whole.AsSpan(place + (form.Format == MbufCaptureFormat.PcapNg ? 4 : 8));
            uint said = isBigEndian
                ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
                : System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            place += (int)said + (form.Format == MbufCaptureFormat.PcapNg ? 0 : PcapBytes.RecordHeaderSize);
        }

        return place == length;
    }

    private static string RefusalOfOpening(byte[] capture)
    {
        var stream = new MemoryStream(capture, writable: false);
        return Assert.Throws<InvalidDataException>(() => new MbufCaptureReader(stream).Dispose())!.Message;
    }
}
