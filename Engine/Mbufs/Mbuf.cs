using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>
/// The 8-byte handle of a packet: what fields, queues and other threads hold (mbuf(9): <c>struct mbuf *</c>).
/// </summary>
/// <remarks>
/// <para>A handle is the one live claim on a packet: it comes from <see cref="MbufChain.Detach"/> or a bulk allocation, and is
/// used up by <see cref="MbufScope.Open"/> or <see cref="MbufScope.Free(ReadOnlySpan{Mbuf})"/>. Copies of it may exist; the first
/// use wins and every later one throws <see cref="MbufStaleException"/>, for 2^32 lives of the slot.</para>
/// <para>The default value is null and names no packet.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct Mbuf : IEquatable<Mbuf>
{
    /// <summary>Bits of <see cref="Slot"/> that count the mbufs of one arena; the bits above them are the arena's id.</summary>
    internal const int IndexBits = 24;

    /// <summary>Above the index of every mbuf and of every other item, and above every count of a magazine.</summary>
    internal const uint AnyIndex = (1u << IndexBits) - 1;

    /// <summary>
    /// <see cref="Slot"/> in the lower half, <see cref="Generation"/> in the upper: one word, so that a handle is one load and one
    /// store.
    /// </summary>
    private readonly ulong _bits;

    internal Mbuf(uint slot, uint generation)
    {
        _bits = slot | ((ulong)generation << 32);
    }

    internal Mbuf(ulong bits)
    {
        _bits = bits;
    }

    /// <summary>Arena id in the upper 8 bits, index of the header in the lower 24; index 0 is null.</summary>
    internal uint Slot => (uint)_bits;

    /// <summary>
    /// The header's generation at the moment the claim was made; equal to the header's for as long as the claim lives.
    /// </summary>
    internal uint Generation => (uint)(_bits >> 32);

    /// <summary>Both in one word, as they lie in memory.</summary>
    internal ulong Bits => _bits;

    /// <summary>True for the default value, which names no packet. O(1).</summary>
    public bool IsNull => Slot == 0;

    /// <summary>
    /// True if both handles are the same claim on the same packet. Says nothing about whether the claim is still alive.
    /// </summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">The other handle.</param>
    public static bool operator ==(Mbuf left, Mbuf right) => left.Equals(right);

    /// <summary>True if the handles are different claims.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">The other handle.</param>
    public static bool operator !=(Mbuf left, Mbuf right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Mbuf other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Mbuf other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits.GetHashCode();

    /// <summary>For people: <c>mbuf 3:1234 (generation 17)</c>, or <c>mbuf null</c>. Allocates a string.</summary>
    public override string ToString() => IsNull
        ? "mbuf null"
        : $"mbuf {Slot >> IndexBits}:{Slot & ((1u << IndexBits) - 1)} (generation {Generation})";
}

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

/// <summary>What has become of the packet that a handle names; see <c>StateOf</c>.</summary>
public enum MbufState
{
    /// <summary>The handle is null.</summary>
    Null = 0,

    /// <summary>The handle is the live claim on a packet.</summary>
    Live = 1,

    /// <summary>The handle is stale and its mbuf is free (M_FREELIST).</summary>
    Free = 2,

    /// <summary>
    /// The handle is stale and its mbuf is in use: by the same packet under a newer claim, or by another packet.
    /// </summary>
    Reused = 3,

    /// <summary>The handle belongs to another arena.</summary>
    Foreign = 4,
}
