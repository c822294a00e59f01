namespace PacketTool;

/// <summary>The smallest and the largest value of each option, in one place.</summary>
internal static class OptionLimits
{
    /// <summary>More than any stack of link and tunnel headers has.</summary>
    public const int MostStrippedBytes = 9_000;

    /// <summary>With less payload, a packet is mostly headers.</summary>
    public const int SmallestSegment = 64;

    public const int LargestSegment = 65_495;

    /// <summary>The smallest MTU of IPv4 (RFC 791, section 3.2).</summary>
    public const int MinimumMtu = 68;

    public const int LargestMtu = 65_535;
}
