namespace PacketTool;

/// <summary>What the command line says. Every step is off, or has no value, unless it was asked for.</summary>
internal sealed class ToolOptions
{
    /// <summary>Stands for standard input.</summary>
    public const string StandardInput = "-";

    public string? Input { get; set; }

    public string? Output { get; set; }

    public bool Verify { get; set; }

    public bool ListBad { get; set; }

    public int? StripBytes { get; set; }

    public bool StripVlan { get; set; }

    public bool StripLink { get; set; }

    public bool Reassemble { get; set; }

    public bool Decapsulate { get; set; }

    public bool FixChecksums { get; set; }

    /// <summary>Bytes of payload in a segment.</summary>
    public int? Segment { get; set; }

    /// <summary>Bytes of payload in a datagram.</summary>
    public int? SegmentUdp { get; set; }

    public bool ClearDontFragment { get; set; }

    /// <summary>Bytes of a packet, IP header included.</summary>
    public int? Fragment { get; set; }

    public VlanTag? AddVlan { get; set; }

    public bool Nanoseconds { get; set; }

    public bool Help { get; set; }

    /// <summary>The name of an option that changes packets, if one was given.</summary>
    public string? Change => this switch
    {
        { StripBytes: not null } => "--strip-bytes",
        { StripVlan: true } => "--strip-vlan",
        { StripLink: true } => "--strip-link",
        { Reassemble: true } => "--reassemble",
        { Decapsulate: true } => "--decapsulate",
        { FixChecksums: true } => "--fix-checksums",
        { Segment: not null } => "--segment",
        { SegmentUdp: not null } => "--segment-udp",
        { ClearDontFragment: true } => "--clear-df",
        { Fragment: not null } => "--fragment",
        { AddVlan: not null } => "--add-vlan",
        _ => null,
    };
}
