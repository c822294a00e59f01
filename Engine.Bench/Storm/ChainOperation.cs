namespace Engine.Mbufs.Bench.Storm;

/// <summary>What is done with longer and longer chains.</summary>
internal enum ChainOperation
{
    /// <summary>A byte behind the last segment's: O(1).</summary>
    Append,

    /// <summary>Another packet behind it: O(1).</summary>
    AppendKeepingPacketLength,

    /// <summary>Asked for its length and number of segments: O(1).</summary>
    Length,

    /// <summary>Every segment looked at.</summary>
    Walk,
}
