namespace PacketTool;

/// <summary>What became of a packet in a step. All but the first and the last leave it as it was.</summary>
internal enum StepOutcome
{
    /// <summary>The step was made.</summary>
    Done,

    /// <summary>There was nothing to do: no tag to strip, no wrong checksum, no packet too large.</summary>
    NotNeeded,

    /// <summary>The frame has no header that the step works on, or one that is not known.</summary>
    NotApplicable,

    /// <summary>Not all of the packet was captured.</summary>
    Truncated,

    /// <summary>The packet is all there, and the step cannot be made: it contradicts itself, or must not be changed so.</summary>
    Refused,

    /// <summary>A fragment that no packet can be made of: it contradicts others, or itself.</summary>
    Dropped,
}
