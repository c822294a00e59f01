namespace PacketTool;

/// <summary>A VLAN tag to put into frames (IEEE 802.1Q, section 9.6).</summary>
/// <param name="Identifier">1 to 4,094.</param>
/// <param name="Priority">0 to 7.</param>
internal readonly record struct VlanTag(int Identifier, int Priority)
{
    public const int LowestIdentifier = 1;
    public const int HighestIdentifier = 4094;
    public const int HighestPriority = 7;

    private const int ShiftOfPriority = 13;

    public ushort ControlInformation => (ushort)((Priority << ShiftOfPriority) | Identifier);
}
