using System.CommandLine;
using System.Globalization;

using Engine.Samples.Options;

namespace PacketTool;

/// <summary>A VLAN tag to put into frames (IEEE 802.1Q, section 9.6).</summary>
/// <param name="Identifier">1 to 4,094.</param>
/// <param name="Priority">0 to 7.</param>
internal readonly record struct VlanTag(int Identifier, int Priority)
{
    private const int ShiftOfPriority = 13;

    public ushort ControlInformation => (ushort)((Priority << ShiftOfPriority) | Identifier);
}

/// <summary>What the command line says. Every step is off, or has no value, unless it was asked for.</summary>
internal sealed class ToolOptions(ParseResult said)
{
    /// <summary>Stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>More than any stack of link and tunnel headers has.</summary>
    private const int MostStrippedBytes = 9_000;

    /// <summary>With less payload, a packet is mostly headers.</summary>
    private const int SmallestSegment = 64;

    private const int LargestSegment = 65_495;

    /// <summary>The smallest MTU of IPv4 (RFC 791, section 3.2).</summary>
    private const int MinimumMtu = 68;

    private const int LargestMtu = 65_535;
    private const int HighestIdentifier = 4094;
    private const int HighestPriority = 7;
    private const string Bytes = "a number of bytes";

    private static readonly OptionSet s_set = new(
        "PacketTool",
        "Reads a capture (pcap or pcapng), looks at its packets, changes them, and writes a capture (pcap).",
        static () => """
            Examples:
              PacketTool in.pcap                                            every checksum, verified
              PacketTool in.pcap --fix-checksums --segment 1448 --output out.pcap

            Options from --verify to --output are steps, which are made in this order whatever the order on the command line.
            Without a step and --output, --verify is meant.
            A packet that a step cannot handle passes that step as it is, and is counted.
            The report comes at the end, on standard output.
            Exit code: 0 done, 1 failed (a malformed capture, a file that cannot be had), 2 wrongly called.
            """);

    private static readonly Argument<string> s_capture = s_set.Argument(
        "CAPTURE", "a file, or - for standard input", "which capture? write PacketTool CAPTURE [options], or --help");

    // What is done to a packet, in the order in which it is done.
    private static readonly Option<bool> s_verify = s_set.Switch("--verify", "check every checksum, and count the verdicts");
    private static readonly Option<bool> s_listBad = s_set.Switch("--list-bad", "the same, and a line for each frame with a wrong one");

    private static readonly Option<int?> s_stripBytes = s_set.Number(
        "--strip-bytes", "N", "take N bytes off the front of each frame; what is left starts with a link header again", 1, MostStrippedBytes, Bytes);

    private static readonly Option<bool> s_stripVlan = s_set.Switch("--strip-vlan", "take all VLAN tags out");
    private static readonly Option<bool> s_reassemble = s_set.Switch("--reassemble", "put IP fragments together");
    private static readonly Option<bool> s_decapsulate = s_set.Switch("--decapsulate", "take outer IP headers off: of IP in IP and of GRE");

    private static readonly Option<bool> s_fixChecksums = s_set.Switch(
        "--fix-checksums", "compute those of IPv4, TCP, UDP, ICMP, ICMPv6, IGMP and SCTP anew where they are wrong");

    private static readonly Option<int?> s_segment = s_set.Number(
        "--segment", "SIZE", "cut TCP packets with more than SIZE bytes of payload into segments of that", SmallestSegment, LargestSegment, Bytes);

    private static readonly Option<int?> s_segmentUdp = s_set.Number(
        "--segment-udp", "SIZE", "cut UDP packets with more than SIZE bytes of payload into datagrams of that", SmallestSegment, LargestSegment, Bytes);

    private static readonly Option<bool> s_clearDontFragment = s_set.Switch("--clear-df", "let all IPv4 packets be fragmented");

    private static readonly Option<int?> s_fragment = s_set.Number(
        "--fragment", "MTU", "cut IP packets of more than MTU bytes into fragments", MinimumMtu, LargestMtu, Bytes);

    private static readonly Option<bool> s_stripLink = s_set.Switch("--strip-link", "take the link header off: raw IP packets are written");

    private static readonly Option<VlanTag?> s_addVlan = s_set.Value<VlanTag?>(
        "--add-vlan", "ID[:PRIORITY]", "put a VLAN tag in, before others (Ethernet)", static written => TagOf(written));

    private static readonly Option<string?> s_output = s_set.Text("--output", "FILE", "write what has become of the packets, as pcap");

    private static readonly Option<bool> s_nanoseconds = s_set.Switch("--nanoseconds", "write times in nanoseconds, not microseconds");

    private static readonly Option[] s_changes =
    [
        s_stripBytes, s_stripVlan, s_stripLink, s_reassemble, s_decapsulate, s_fixChecksums, s_segment, s_segmentUdp, s_clearDontFragment,
        s_fragment, s_addVlan,
    ];

    public string Input { get; } = said.GetValue(s_capture)!;

    public string? Output { get; } = said.GetValue(s_output);

    public bool Verify { get; } = said.GetValue(s_verify) || said.GetValue(s_listBad) || said.GetValue(s_output) is null;

    public bool ListBad { get; } = said.GetValue(s_listBad);

    public int? StripBytes { get; } = said.GetValue(s_stripBytes);

    public bool StripVlan { get; } = said.GetValue(s_stripVlan);

    public bool StripLink { get; } = said.GetValue(s_stripLink);

    public bool Reassemble { get; } = said.GetValue(s_reassemble);

    public bool Decapsulate { get; } = said.GetValue(s_decapsulate);

    public bool FixChecksums { get; } = said.GetValue(s_fixChecksums);

    /// <summary>Bytes of payload in a segment.</summary>
    public int? Segment { get; } = said.GetValue(s_segment);

    /// <summary>Bytes of payload in a datagram.</summary>
    public int? SegmentUdp { get; } = said.GetValue(s_segmentUdp);

    public bool ClearDontFragment { get; } = said.GetValue(s_clearDontFragment);

    /// <summary>Bytes of a packet, IP header included.</summary>
    public int? Fragment { get; } = said.GetValue(s_fragment);

    public VlanTag? AddVlan { get; } = said.GetValue(s_addVlan);

    public bool Nanoseconds { get; } = said.GetValue(s_nanoseconds);

    /// <summary>The page of --help.</summary>
    public static string Help => s_set.Help;

    /// <summary>What a command line says; null if it asks for help.</summary>
    /// <exception cref="UsageException">It is wrong.</exception>
    public static ToolOptions? Parse(string[] arguments)
    {
        ParseResult said = s_set.Parse(arguments);
        ToolOptions? options = s_set.AsksForHelp(said) ? null : new ToolOptions(said);
        string? change = Array.Find(s_changes, change => OptionSet.IsGiven(said, change))?.Name;
        return options?.Contradiction(change) is { } wrong ? throw new UsageException(wrong) : options;
    }

    /// <summary>What does not go together.</summary>
    private string? Contradiction(string? change)
        => Output is null && change is not null ? $"{change} changes packets, and there is no --output; add --output FILE"
        : StripLink && AddVlan is not null
            ? "--strip-link leaves no header that --add-vlan could put a tag into; choose one of them"
        : Output is not null && Input != StandardInput && Path.GetFullPath(Output) == Path.GetFullPath(Input)
            ? $"--output: '{Output}' is the capture that is read; write another file"
        : null;

    /// <summary>ID or ID:PRIORITY.</summary>
    private static VlanTag TagOf(string written)
    {
        string[] parts = written.Split(':');
        if (parts.Length > 2)
        {
            throw new UsageException($"--add-vlan: '{written}' has too many colons; write ID or ID:PRIORITY, for example 100:5");
        }

        if (!TryParse(parts[0], 1, HighestIdentifier, out int identifier))
        {
            throw new UsageException($"--add-vlan: '{parts[0]}' is not a VLAN identifier from 1 to {HighestIdentifier}");
        }

        int priority = 0;
        return parts.Length < 2 || TryParse(parts[1], 0, HighestPriority, out priority)
            ? new VlanTag(identifier, priority)
            : throw new UsageException($"--add-vlan: '{parts[1]}' is not a priority from 0 to {HighestPriority}");
    }

    private static bool TryParse(string text, int least, int most, out int value)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}
