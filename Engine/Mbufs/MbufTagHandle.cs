using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>
/// The 8-byte handle of a packet tag that is on no packet: what fields and other threads hold. It is to
/// <see cref="MbufTag"/> what <see cref="Mbuf"/> is to a chain: the one live claim, used up by
/// <see cref="MbufScope.OpenTag(MbufTagHandle)"/>.
/// </summary>
/// <remarks>The default value is null and names no tag.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct MbufTagHandle : IEquatable<MbufTagHandle>
{
    internal readonly Mbuf Mbuf;

    internal MbufTagHandle(Mbuf mbuf) => Mbuf = mbuf;

    /// <summary>True for the default value, which names no tag. O(1).</summary>
    public bool IsNull => Mbuf.IsNull;

    /// <summary>True if both handles are the same claim on the same tag.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">The other handle.</param>
    public static bool operator ==(MbufTagHandle left, MbufTagHandle right) => left.Equals(right);

    /// <summary>True if the handles are different claims.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">The other handle.</param>
    public static bool operator !=(MbufTagHandle left, MbufTagHandle right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(MbufTagHandle other) => Mbuf == other.Mbuf;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MbufTagHandle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Mbuf.GetHashCode();

    /// <summary>For people. Allocates a string.</summary>
    public override string ToString() => IsNull ? "tag null" : $"tag in {Mbuf}";
}
