using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

/// <summary>Whatever bytes come, a view is refused or all of it can be read, and lies inside of them.</summary>
public sealed class HeaderFuzzTests
{
    private const int Rounds = 20_000;
    private const int Longest = 80;

    [Test]
    public void Views_of_random_bytes_never_throw_and_stay_inside([Values(1, 2, 3, 4)] int seed)
    {
        var random = new Random(seed);
        byte[] around = new byte[3 * Longest];
        int read = 0;
        for (int round = 0; round < Rounds; round++)
        {
            random.NextBytes(around);
            Span<byte> bytes = around.AsSpan(Longest, random.Next(Longest + 1));
            if (random.Next(2) == 0 && bytes.Length > 13)
            {
                (bytes[4], bytes[12]) = (0, (byte)(random.Next(4, 16) << 4)); // Lengths that are possible more often.
            }

            read += ReadAll(bytes);
            around.AsSpan().Fill((byte)random.Next(4));
            read += ReadAll(bytes);
        }

        Assert.That(read, Is.GreaterThan(Rounds), "Many of them were headers.");
    }

    [Test]
    public void A_frame_of_random_bytes_has_its_network_header_inside_or_none([Values(1, 2, 3, 4)] int seed)
    {
        var random = new Random(seed);
        byte[] frame = new byte[Longest];
        int found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            random.NextBytes(frame);
            for (int place = 0; place + 1 < frame.Length; place += 2)
            {
                if (random.Next(3) != 0)
                {
                    (frame[place], frame[place + 1]) = random.Next(5) == 0 ? ((byte)8, (byte)0) : ((byte)0x81, (byte)0);
                }
            }

            foreach (MbufLinkType linkType in Enum.GetValues<MbufLinkType>())
            {
                Span<byte> cut = frame.AsSpan(0, random.Next(frame.Length + 1));
                if (FrameLayout.TryFindNetwork(cut, linkType, out int offset, out EtherType type, out int tags))
                {
                    found++;
                    Assert.That(offset, Is.InRange(0, Math.Min(cut.Length, FrameLayout.MaximumSize)));
                    Assert.That((int)type, Is.InRange(0x0600, ushort.MaxValue));
                    Assert.That(tags, Is.InRange(0, FrameLayout.MaximumVlanTags));
                }
            }
        }

        Assert.That(found, Is.GreaterThan(Rounds), "Many of them had one.");
    }

    /// <returns>How many kinds of header the bytes could be.</returns>
    private static int ReadAll(ReadOnlySpan<byte> bytes)
    {
        int read = 0;
        if (EthernetHeader.TryRead(bytes, out EthernetHeader ethernet))
        {
            read += Covers(bytes, ethernet.Bytes, ethernet.Payload);
            _ = ethernet.Destination.Length + ethernet.Source.Length;
            _ = (ethernet.EtherType, ethernet.IsMulticast, ethernet.IsBroadcast);
        }

        if (VlanHeader.TryRead(bytes, out VlanHeader vlan))
        {
            read += Covers(bytes, vlan.Bytes, vlan.Payload);
            _ = (vlan.TagControlInformation, vlan.Priority, vlan.IsDropEligible, vlan.Identifier, vlan.EtherType);
        }

        if (UdpHeader.TryRead(bytes, out UdpHeader udp))
        {
            Assert.That(udp.Payload.Length, Is.LessThanOrEqualTo(udp.Length == 0 ? bytes.Length : udp.Length - udp.Bytes.Length));
            read += Covers(bytes[..(udp.Bytes.Length + udp.Payload.Length)], udp.Bytes, udp.Payload);
            _ = (udp.SourcePort, udp.DestinationPort, udp.Checksum);
        }

        if (IcmpHeader.TryRead(bytes, out IcmpHeader icmp))
        {
            read += Covers(bytes, icmp.Bytes, icmp.Payload);
            _ = (icmp.Type, icmp.Code, icmp.Checksum, icmp.RestOfHeader);
        }

        if (SctpHeader.TryRead(bytes, out SctpHeader sctp))
        {
            read += Covers(bytes, sctp.Bytes, sctp.Payload);
            _ = (sctp.SourcePort, sctp.DestinationPort, sctp.VerificationTag, sctp.Checksum);
        }

        return read + ReadTcp(bytes);
    }

    private static int ReadTcp(ReadOnlySpan<byte> bytes)
    {
        if (!TcpHeader.TryRead(bytes, out TcpHeader tcp))
        {
            return 0;
        }

        _ = (tcp.SourcePort, tcp.DestinationPort, tcp.SequenceNumber, tcp.AcknowledgmentNumber);
        _ = (tcp.Flags, tcp.Window, tcp.Checksum, tcp.UrgentPointer);
        Assert.That(tcp.HeaderLength, Is.InRange(20, 60));
        int walked = 0;
        TcpOptions.Enumerator walk = tcp.OptionList.GetEnumerator();
        while (walk.MoveNext())
        {
            walked += walk.Current.Kind == TcpOptionKind.NoOperation ? 1 : 2 + walk.Current.Data.Length;
            Assert.That(walk.Current.Data.IsEmpty || tcp.Options.Overlaps(walk.Current.Data));
        }

        Assert.That(walked, Is.LessThanOrEqualTo(tcp.Options.Length));
        Assert.That(walk.IsMalformed, Is.EqualTo(tcp.OptionList.IsMalformed));
        _ = (tcp.OptionList.TryGetMaximumSegmentSize(out _), tcp.OptionList.TryGetWindowScale(out _));
        _ = tcp.OptionList.TryGetTimestamps(out _, out _);
        return Covers(bytes, tcp.Bytes, tcp.Payload);
    }

    /// <summary>Header and payload are the bytes, one behind the other.</summary>
    private static int Covers(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (header != bytes[..header.Length] || payload != bytes[header.Length..])
        {
            Assert.Fail($"A header of {header.Length} and a payload of {payload.Length} bytes are not the {bytes.Length} bytes.");
        }

        return 1;
    }
}
