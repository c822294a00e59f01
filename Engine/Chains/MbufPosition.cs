using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>
/// A place in a chain: one of its mbufs, the first or an interior one, and an offset in its data (mbuf(9): the <c>struct mbuf *</c>
/// and the offset that m_getptr and m_pulldown return). It can be read and labelled, and neither opened nor freed.
/// </summary>
/// <remarks>
/// <para>32 bytes, immutable. It names a byte by where that lies, or the end of its mbuf's data. It stays right when bytes are appended,
/// prepended into headroom or trimmed off elsewhere, when the chain is shared or relabelled, and when mbufs before it come and
/// go. The position of the chain's end names the first byte that is appended behind it; a place that was trimmed off and written anew
/// names what is there then.</para>
/// <para>It throws <see cref="MbufStaleException"/> once its byte is not there any more: the packet was freed or given away, the
/// byte was trimmed off, or moved. Verbs move bytes where they must: a prepend without headroom and <see cref="MbufChain.TryCopyUp"/>
/// those of the first mbuf; <see cref="MbufChain.TryPullUp(int, out ReadOnlySpan{byte})"/>, <see cref="MbufChain.TryPullDown(int, int,
/// out ReadOnlySpan{byte})"/> and <see cref="MbufChain.TryCollapse"/> those that become contiguous; whatever writes into shared or
/// read-only storage those of the private copy; <see cref="MbufChain.TryDefragment"/> and <see cref="MbufChain.TrySplitSegments"/> all. A
/// split ends the positions in the rest. docs/design.md has a row for each verb.</para>
/// <para>Using the null position, which a failed search gives, throws an <see cref="MbufException"/> that says so; test
/// <see cref="IsNull"/>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct MbufPosition
{
    private readonly MbufChain _chain;
    private readonly uint _index;

    /// <summary>What <see cref="MbufHeader.Stamp"/> was when the position was taken.</summary>
    private readonly uint _stamp;

    /// <summary>Where the byte lies, from the arena's base: its mbuf's data may start elsewhere by now.</summary>
    private readonly long _place;

    /// <param name="chain">The live chain.</param>
    /// <param name="index">One of its mbufs.</param>
    /// <param name="offset">The offset in its data.</param>
    internal MbufPosition(MbufChain chain, uint index, int offset)
    {
        Debug.Assert((uint)offset <= (uint)chain.At(index).SegmentLength, "A position is inside its mbuf's data or at its end.");
        _chain = chain;
        _index = index;
        _stamp = chain.At(index).Stamp;
        _place = chain.At(index).Data + offset;
    }

    private MbufPosition(MbufChain chain) => _chain = chain;

    /// <summary>No place; see <see cref="MbufChain.Null"/>.</summary>
    internal static MbufPosition Null => new(MbufChain.Null);

    /// <summary>True for no place, and for the default value. O(1), never throws.</summary>
    public bool IsNull => _chain.IsNull;

    /// <summary>
    /// Bytes from the start of the chain, counted when asked, so that it is right also after bytes were prepended. O(segments
    /// before).
    /// </summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public int Offset
    {
        get
        {
            int offset = OffsetInSegment;
            return _chain.BytesBefore(_index) + offset;
        }
    }

    /// <summary>Bytes from the start of the mbuf's data, 0 to all of them. O(1).</summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away, or the mbuf was freed, shortened or split
    /// off.</exception>
    public int OffsetInSegment
    {
        get
        {
            ref MbufHeader header = ref Header(out int left);
            return header.SegmentLength - left;
        }
    }

    /// <summary>The mbuf's bytes from the offset to its end, for reading (mbuf(9): mtodo). O(1).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            _ = ref Header(out int left);
            return Rest(left);
        }
    }

    /// <summary>All bytes of the mbuf, for reading (mbuf(9): mtod). O(1).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public ReadOnlySpan<byte> Segment => _chain.Cache.Hot.Memory.BytesOf(ref Header());

    /// <summary>Bytes from here to the end of the chain. O(segments before).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public int Remaining => _chain.Length - Offset;

    /// <summary>True if no byte of the chain follows. O(1), apart from empty mbufs skipped.</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public bool IsEnd
    {
        get
        {
            ref MbufHeader header = ref Header(out int here);
            while (here == 0 && header.Next != 0)
            {
                header = ref _chain.At(header.Next);
                here = header.SegmentLength;
            }

            return here == 0;
        }
    }

    /// <summary>True if the mbuf's storage is not read-only and not shared (mbuf(9): M_WRITABLE). O(1).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public bool IsWritable => _chain.Cache.IsWritable(ref Header());

    /// <summary>
    /// The mbufs that refer to this one's storage, itself included; 1 for an internal buffer (mbuf(9): m_extrefcnt). O(1).
    /// </summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public int ReferenceCount => _chain.Cache.Hot.Memory.References(ref Header());

    /// <summary>
    /// The flags of this mbuf (mbuf(9): m_flags). Those of a packet are its first mbuf's: <see cref="MbufChain.Flags"/>. O(1).
    /// </summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public MbufFlags Flags
    {
        get
        {
            ref MbufHeader header = ref Header();
            MbufFlags external = header.IsInternal ? MbufFlags.None : MbufFlags.External;
            return (MbufFlags)(header.Flags & (HeaderFlags.Settable | HeaderFlags.PacketHeader)) | external;
        }
    }

    /// <summary>What this mbuf holds (mbuf(9): m_type; setting it is MCHTYPE, m_chtype). O(1).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public MbufType Type
    {
        get => Header().Type;
        set => Header().Type = value;
    }

    /// <summary>Free bytes before the mbuf's data; 0 if it is not writable (mbuf(9): M_LEADINGSPACE). O(1).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public int Headroom
    {
        get
        {
            ref MbufHeader header = ref Header();
            return _chain.Cache.IsWritable(ref header) ? _chain.Cache.Hot.Memory.RoomBefore(ref header) : 0;
        }
    }

    /// <summary>Free bytes behind the mbuf's data; 0 if it is not writable (mbuf(9): M_TRAILINGSPACE). O(1).</summary>
    /// <inheritdoc cref="OffsetInSegment"/>
    public int Tailroom => _chain.RoomOf(ref Header());

    /// <summary>The mbuf's bytes from the offset to its end, for writing (mbuf(9): M_WRITABLE and mtodo in one). O(1).</summary>
    /// <param name="span">The bytes; empty on failure.</param>
    /// <returns>False if they may not be written: the storage is read-only or shared.</returns>
    /// <inheritdoc cref="OffsetInSegment"/>
    public bool TryGetWritable(out Span<byte> span)
    {
        ref MbufHeader header = ref Header(out int left);
        bool writable = _chain.Cache.IsWritable(ref header);
        span = writable ? Rest(left) : default;
        return writable;
    }

    /// <summary>Goes to the next mbuf, empty or not (mbuf(9): m_next).</summary>
    /// <param name="next">The next mbuf, at its first byte; null if there is none. May be this variable.</param>
    /// <returns>False if this is the last mbuf.</returns>
    /// <inheritdoc cref="OffsetInSegment"/>
    /// <remarks>O(1).</remarks>
    public bool TryGetNext(out MbufPosition next)
    {
        ref MbufHeader header = ref Header();
        bool found = header.Next != 0;
        next = found ? new MbufPosition(_chain, header.Next, 0) : MbufPosition.Null;
        return found;
    }

    /// <summary>For people: where in the chain. Allocates a string; never throws.</summary>
    public override string ToString()
    {
        if (IsNull || !_chain.IsOwned || !_chain.IsPlace(_index, _stamp, _place))
        {
            return IsNull ? "position null" : "position of a byte that was freed, moved or given away";
        }

        return $"byte {OffsetInSegment} of the {_chain.At(_index).SegmentLength} of mbuf {_index}, in a {_chain.ToString()}";
    }

    /// <summary>The mbuf's header, after the checks of <see cref="MbufChain.VerifiedMbuf"/>.</summary>
    private ref MbufHeader Header() => ref Header(out _);

    private ref MbufHeader Header(out int left) => ref _chain.VerifiedMbuf(_index, _stamp, _place, out left);

    private Span<byte> Rest(int left) => _chain.Cache.Hot.Memory.Bytes(_place, left);
}
