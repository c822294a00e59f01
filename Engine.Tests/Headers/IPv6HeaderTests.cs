using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class IPv6HeaderTests
{
    private static readonly byte[] s_headers =
    [
        43, 0, 1, 4, 0, 0, 0, 0,
        51, 0, 4, 1, 0, 0, 0, 0,
        60, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2,
        44, 0, 1, 4, 0, 0, 0, 0,
        17, 0, 0, 0x09, 0xDE, 0xAD, 0xBE, 0xEF,
    ];

    private static readonly byte[] s_packet = WirePacket.IPv6(IPProtocol.HopByHopOptions, [.. s_headers, 1, 2, 3]);

    [Test]
    public void The_fields_are_read_where_they_lie()
    {
        byte[] bytes = [.. s_packet, 9, 9];
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (0x6B, 0xAF, 0x12, 0x34);
        Assert.That(IPv6Header.TryRead(bytes, out IPv6Header header));

        Assert.That((header.TrafficClass, header.DifferentiatedServices, header.CongestionNotification), Is.EqualTo(((byte)0xBA, 46, 2)));
        Assert.That((header.FlowLabel, header.PayloadLength, header.HopLimit), Is.EqualTo((0xF1234, s_headers.Length + 3, (byte)64)));
        Assert.That(header.NextHeader, Is.EqualTo(IPProtocol.HopByHopOptions));
        Assert.That(header.Source == bytes.AsSpan(8, 16) && header.Destination == bytes.AsSpan(24, 16) && header.Bytes == bytes.AsSpan(0, 40));
        Assert.That(header.Payload == bytes.AsSpan(40, s_headers.Length + 3), "Padding behind the packet is not of it.");
    }

    [Test]
    public void A_header_that_is_cut_or_another_is_none([Range(0, 41)] int length)
    {
        Assert.That(IPv6Header.TryRead(s_packet.AsSpan(0, length), out _), Is.EqualTo(length >= 40));
        byte[] bytes = [.. s_packet.AsSpan(0, length)];
        if (length > 0)
        {
            bytes[0] = 0x45;
        }

        Assert.That(IPv6Header.TryRead(bytes, out _), Is.False);
    }

    [Test]
    public void A_length_of_zero_is_all_there_is()
    {
        byte[] bytes = [.. s_packet];
        (bytes[4], bytes[5]) = (0, 0);
        Assert.That(IPv6Header.TryRead(bytes, out IPv6Header header));

        Assert.That(header.Payload == bytes.AsSpan(40));
    }

    [Test]
    public void Extension_headers_are_passed_one_by_one()
    {
        Assert.That(IPv6Header.TryRead(s_packet, out IPv6Header header));
        var types = new List<(IPProtocol, int)>();
        foreach (IPv6ExtensionHeader extension in header.ExtensionHeaders)
        {
            types.Add((extension.Type, extension.Bytes.Length));
        }

        Assert.That(types, Is.EqualTo(new[]
        {
            (IPProtocol.HopByHopOptions, 8), (IPProtocol.Routing, 8), (IPProtocol.AuthenticationHeader, 12),
            (IPProtocol.DestinationOptions, 8), (IPProtocol.Fragment, 8),
        }));
    }

    [Test]
    public void What_the_headers_say_is_read_and_what_follows_is_known()
    {
        Assert.That(IPv6Header.TryRead(s_packet, out IPv6Header header));
        IPv6ExtensionHeaders headers = header.ExtensionHeaders;
        Assert.That(headers.MoveNext() && headers.MoveNext());
        Assert.That((headers.Current.RoutingType, headers.Current.SegmentsLeft), Is.EqualTo(((byte)4, (byte)1)));
        Assert.That(headers.MoveNext() && headers.MoveNext() && headers.MoveNext());
        Assert.That(
            (headers.Current.FragmentOffset, headers.Current.MoreFragments, headers.Current.Identification),
            Is.EqualTo((8, true, 0xDEADBEEF)));

        Assert.That(headers.MoveNext(), Is.False);
        Assert.That(headers.NextHeader, Is.EqualTo(IPProtocol.Udp));
        Assert.That(headers.Payload == s_packet.AsSpan(40 + s_headers.Length));
        Assert.That(headers.IsTruncated, Is.False);
    }

    [Test]
    public void Behind_a_fragment_in_the_middle_nothing_is_taken_for_a_header()
    {
        byte[] fragment = WirePacket.IPv6(IPProtocol.Fragment, 60, 0, 0, 0x08, 0, 0, 0, 1, 17, 0, 0, 0, 0, 0, 0, 0);
        Assert.That(IPv6Header.TryRead(fragment, out IPv6Header header));
        IPv6ExtensionHeaders headers = header.ExtensionHeaders;

        Assert.That(headers.MoveNext());
        Assert.That(headers.MoveNext(), Is.False);
        Assert.That(headers.Payload.Length, Is.EqualTo(8));

        var rest = new IPv6ExtensionHeaders(fragment.AsSpan(IPv6Header.Size, 11), IPProtocol.Fragment);
        Assert.That(rest.MoveNext() && !rest.MoveNext());
        Assert.That(rest.IsTruncated, Is.False);
    }

    [Test]
    public void Headers_that_are_cut_are_said_to_be_so([Range(0, 44)] int length)
    {
        var headers = new IPv6ExtensionHeaders(s_headers.AsSpan(0, length), IPProtocol.HopByHopOptions);
        int passed = 0;
        while (headers.MoveNext())
        {
            passed++;
        }

        int[] ends = [8, 16, 28, 36, 44];
        Assert.That(passed, Is.EqualTo(ends.Count(end => end <= length)));
        Assert.That(headers.IsTruncated, Is.EqualTo(length < 44));
    }
}
