namespace PacketTool;

/// <summary>
/// One option: how it is written, what the help says of it, and what it sets. The parser and the help read the same table.
/// </summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">The placeholder of its value; null for a switch.</param>
/// <param name="Text">One line of help.</param>
/// <param name="Apply">Checks the value (the second argument; the first is the option's name) and sets it.</param>
internal sealed record OptionDefinition(string Name, string? Value, string Text, Action<ToolOptions, string, string> Apply)
{
    /// <summary>What is done to a packet, in the order in which it is done.</summary>
    public static IReadOnlyList<OptionDefinition> Steps { get; } =
    [
        new("--verify", null, "check every checksum, and count the verdicts", static (o, _, _) => o.Verify = true),
        new("--list-bad", null, "the same, and a line for each frame with a wrong one",
            static (o, _, _) => (o.Verify, o.ListBad) = (true, true)),
        new("--strip-bytes", "N", "take N bytes off the front of each frame; what is left starts with a link header again",
            static (o, n, v) => o.StripBytes = OptionValues.Bytes(n, v, 1, OptionLimits.MostStrippedBytes)),
        new("--strip-vlan", null, "take all VLAN tags out", static (o, _, _) => o.StripVlan = true),
        new("--reassemble", null, "put IP fragments together", static (o, _, _) => o.Reassemble = true),
        new("--decapsulate", null, "take outer IP headers off: of IP in IP and of GRE", static (o, _, _) => o.Decapsulate = true),
        new("--fix-checksums", null, "compute those of IPv4, TCP, UDP, ICMP, ICMPv6, IGMP and SCTP anew where they are wrong",
            static (o, _, _) => o.FixChecksums = true),
        new("--segment", "SIZE", "cut TCP packets with more than SIZE bytes of payload into segments of that",
            static (o, n, v) => o.Segment = Size(n, v)),
        new("--segment-udp", "SIZE", "cut UDP packets with more than SIZE bytes of payload into datagrams of that",
            static (o, n, v) => o.SegmentUdp = Size(n, v)),
        new("--clear-df", null, "let all IPv4 packets be fragmented", static (o, _, _) => o.ClearDontFragment = true),
        new("--fragment", "MTU", "cut IP packets of more than MTU bytes into fragments",
            static (o, n, v) => o.Fragment = OptionValues.Bytes(n, v, OptionLimits.MinimumMtu, OptionLimits.LargestMtu)),
        new("--strip-link", null, "take the link header off: raw IP packets are written", static (o, _, _) => o.StripLink = true),
        new("--add-vlan", "ID[:PRIORITY]", "put a VLAN tag in, before others (Ethernet)",
            static (o, n, v) => o.AddVlan = OptionValues.Tag(n, v)),
        new("--output", "FILE", "write what has become of the packets, as pcap",
            static (o, n, v) => o.Output = OptionValues.FileName(n, v)),
    ];

    public static IReadOnlyList<OptionDefinition> Others { get; } =
    [
        new("--nanoseconds", null, "write times in nanoseconds, not microseconds", static (o, _, _) => o.Nanoseconds = true),
        new("--help", null, "this page", static (o, _, _) => o.Help = true),
    ];

    public static IEnumerable<OptionDefinition> All => Steps.Concat(Others);

    private static int Size(string name, string value)
        => OptionValues.Bytes(name, value, OptionLimits.SmallestSegment, OptionLimits.LargestSegment);
}
