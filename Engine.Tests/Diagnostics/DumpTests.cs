using System.Text.RegularExpressions;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

public sealed class DumpTests : MbufFixture
{
    [Test]
    public void Every_mbuf_has_a_line_that_says_where_it_is_and_who_may_write()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(
            mbufs,
            Pattern(70),
            Segment.Internal(10, lead: 20), Segment.Empty, Segment.Shared(30), Segment.ReadOnly(25), Segment.External(5));
        packet.Flags |= MbufFlags.Multicast | MbufFlags.Protocol1;
        packet.Type = MbufType.Control;
        packet.ReceiveInterface = 3;
        packet.ChecksumFlags = MbufChecksumFlags.Udp;
        packet.ChecksumData = 6;
        packet.FlowId = 77;
        packet.PrependTag(mbufs.AllocateTag(1, 2));

        string[] lines = packet.Dump().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(1 + 5 + 1));
        Assert.That(lines[0], Is.EqualTo(
            "packet of 70 bytes (header says 70) in 5 segments, interface 3, flow 77, checksum Udp 6, tags 1"));
        AssertLine(
            lines[1], "10 bytes at 0, internal, 20 before, 162 behind, writable, 1 reference, type Control, flags Protocol1, Multicast");
        AssertLine(lines[2], "0 bytes at 10, internal, 0 before, 192 behind, writable, 1 reference, type Data, flags None");
        AssertLine(lines[3], "30 bytes at 10, Cluster #, 128 before, 2018 behind, shared, 2 references, type Data, flags None");
        AssertLine(lines[4], "25 bytes at 40, Cluster #, 128 before, 2023 behind, read-only, 1 reference, type Data, flags ReadOnly");
        AssertLine(lines[5], "5 bytes at 65, External #, 0 before, 2043 behind, writable, 1 reference, type Data, flags None");
        Assert.That(lines[6], Is.Empty);
    }

    [Test]
    public void A_chain_without_header_has_no_fields_to_show()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();

        Assert.That(chain.Dump(), Does.StartWith("chain of 0 bytes in 1 segment\nmbuf "));
    }

    [Test]
    public void Bytes_are_shown_in_hexadecimal_and_as_text_over_all_borders()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = [.. "GET / HTTP/1.1\r\n"u8, 0, 0x7E, 0x7F, 0xFF];
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(3), Segment.Empty, Segment.Cluster(17));

        Assert.That(packet.DumpHex(), Is.EqualTo(
            "00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|\n"
            + "00000010  00 7e 7f ff                                       |.~..|\n"));
    }

    [Test]
    public void What_is_left_out_is_counted([Values(0, 1, 15, 16, 17, 19)] int most)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(20));

        string[] lines = packet.DumpHex(most).TrimEnd('\n').Split('\n');
        Assert.That(lines, Has.Length.EqualTo(((most + 15) / 16) + 1));
        Assert.That(lines[^1], Is.EqualTo($"and {20 - most} bytes more"));
        Assert.That(packet.DumpHex(20), Is.EqualTo(packet.DumpHex(int.MaxValue)).And.Not.Contain("more"));
    }

    [Test]
    public void An_empty_chain_has_no_bytes_to_show_and_a_negative_number_of_them_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Assert.That(packet.DumpHex() + packet.DumpHex(0), Is.Empty);
        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.DumpHex(-1));
        Expect.Throws<ArgumentOutOfRangeException>(packet, static chain => chain.DumpHex(int.MinValue));
    }

    /// <summary>Which mbuf and which cluster it is, is not looked at.</summary>
    private static void AssertLine(string line, string expected)
        => Assert.That(Regex.Replace(line, @"(?<=^mbuf |Cluster |External )\d+", "#"), Is.EqualTo("mbuf #: " + expected));
}
