namespace PacketTool;

/// <summary>Everything that is counted in a run.</summary>
internal sealed class Tallies
{
    public long FramesRead { get; set; }

    public long BytesRead { get; set; }

    /// <summary>Frames that the capture does not have all of.</summary>
    public long FramesTruncated { get; set; }

    public ChecksumTally Checksums { get; } = new();

    public StepTally StripBytes { get; } = new("--strip-bytes");

    public StepTally StripVlan { get; } = new("--strip-vlan");

    public StepTally Reassemble { get; } = new("--reassemble");

    public StepTally Decapsulate { get; } = new("--decapsulate");

    public StepTally FixChecksums { get; } = new("--fix-checksums");

    public StepTally Segment { get; } = new("--segment");

    public StepTally SegmentUdp { get; } = new("--segment-udp");

    public StepTally ClearDontFragment { get; } = new("--clear-df");

    public StepTally Fragment { get; } = new("--fragment");

    public StepTally StripLink { get; } = new("--strip-link");

    public StepTally AddVlan { get; } = new("--add-vlan");

    /// <summary>All steps, in the order in which they are made.</summary>
    public IEnumerable<StepTally> Steps =>
    [
        StripBytes, StripVlan, Reassemble, Decapsulate, FixChecksums, Segment, SegmentUdp, ClearDontFragment, Fragment, StripLink,
        AddVlan,
    ];
}
