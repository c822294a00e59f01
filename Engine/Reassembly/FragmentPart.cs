namespace Engine.Mbufs.Wire;

/// <summary>A fragment that was looked at: which part of its packet it is.</summary>
internal readonly struct FragmentPart
{
    /// <summary>Bytes before the payload.</summary>
    public int Start { get; init; }

    /// <summary>Where the payload belongs in the whole, in bytes.</summary>
    public int Offset { get; init; }

    /// <summary>Bytes of payload.</summary>
    public int Length { get; init; }

    /// <summary>Others follow.</summary>
    public bool HasMore { get; init; }

    /// <summary>
    /// Bytes that the packet's length field counts besides the payload: for IPv6 what is behind the IPv6 header.
    /// </summary>
    public int HeaderLength { get; init; }

    /// <summary>The bit of the header's congestion codepoint.</summary>
    public byte Congestion { get; init; }

    /// <summary>The protocol is one whose checksum is a sum over all bytes.</summary>
    public bool IsSummed { get; init; }

    /// <summary>Which packet it is a part of.</summary>
    public FragmentKey Key { get; init; }

    public bool IsFirst => Offset == 0;

    public int End => Offset + Length;
}
