using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>What a chain says of itself. All O(1) unless noted; all throw <see cref="MbufStaleException"/> if the chain is not
/// owned.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>m_length: the bytes of data in the whole chain. Known, not walked for: O(1).</summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    public int Length => Head().ChainLength;

    /// <summary>True if the chain holds no data. O(1).</summary>
    /// <inheritdoc cref="Length"/>
    public bool IsEmpty => Head().ChainLength == 0;

    /// <summary>The number of mbufs in the chain, empty ones included; at least 1. O(1).</summary>
    /// <inheritdoc cref="Length"/>
    public int SegmentCount => Head().Segments;

    /// <summary>M_PKTHDR: true if the chain is a packet. O(1).</summary>
    /// <inheritdoc cref="Length"/>
    public bool HasPacketHeader => (Head().Flags & HeaderFlags.PacketHeader) != 0;

    /// <summary>
    /// m_flags of the first mbuf. Setting replaces the flags that may be set; External and PacketHeader stay what they are, and
    /// ReadOnly can be set, but not cleared: that is <see cref="DangerousClearReadOnly"/>. O(1).
    /// </summary>
    /// <inheritdoc cref="Length"/>
    public MbufFlags Flags
    {
        get
        {
            ref MbufHeader head = ref Head();
            MbufFlags external = head.Kind == ZoneId.Internal ? MbufFlags.None : MbufFlags.External;
            return (MbufFlags)(head.Flags & (HeaderFlags.Settable | HeaderFlags.PacketHeader)) | external;
        }

        set
        {
            ref MbufHeader head = ref Head();
            head.Flags = (head.Flags & ~HeaderFlags.Clearable) | ((uint)value & HeaderFlags.Settable);
        }
    }

    /// <summary>
    /// Takes the read-only mark (M_RDONLY) off the first mbuf's storage. Dangerous: somebody had a reason to set it, and the mark
    /// of other packets over the same storage stays. O(1).
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    public void DangerousClearReadOnly() => Head().Flags &= ~HeaderFlags.ReadOnly;

    /// <summary>m_type of the first mbuf; setting it is MCHTYPE. O(1).</summary>
    /// <inheritdoc cref="Length"/>
    public MbufType Type
    {
        get => Head().Type;
        set => Head().Type = value;
    }

    /// <summary>
    /// M_WRITABLE: true if the first mbuf's data may be written: not read-only and not shared with another chain. O(1).
    /// </summary>
    /// <inheritdoc cref="Length"/>
    public bool IsWritable => _cache.IsWritable(ref Head());

    /// <summary>
    /// M_LEADINGSPACE: bytes that can be prepended without another mbuf; 0 if the first mbuf is not writable. O(1).
    /// </summary>
    /// <inheritdoc cref="Length"/>
    public int Headroom
    {
        get
        {
            ref MbufHeader head = ref Head();
            return _cache.IsWritable(ref head) ? _cache.Hot.Memory.RoomBefore(ref head) : 0;
        }
    }

    /// <summary>
    /// M_TRAILINGSPACE of the last mbuf: bytes that can be appended without another mbuf; 0 if the last mbuf is not writable.
    /// O(1); O(segments) while <see cref="MbufScope.AllocateChain(int)"/>'s room is not filled, all of which counts.
    /// </summary>
    /// <inheritdoc cref="Length"/>
    public int Tailroom
    {
        get
        {
            ref MbufHeader head = ref Head();
            uint point = FillPoint(ref head);
            return point == head.Tail ? RoomOf(ref At(point)) : (int)Math.Min(RoomFrom(point, int.MaxValue), int.MaxValue);
        }
    }

    /// <summary>mtod: the data of the first mbuf, for reading. Bound to this chain's variable by the compiler. O(1).</summary>
    /// <inheritdoc cref="Length"/>
    [UnscopedRef]
    public ReadOnlySpan<byte> FirstSpan => _cache.Hot.Memory.BytesOf(ref Head());

    /// <summary>mtod and M_WRITABLE in one: the data of the first mbuf, for writing. O(1).</summary>
    /// <param name="span">The bytes; empty on failure.</param>
    /// <returns>False if they may not be written: the storage is read-only or shared.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    [UnscopedRef]
    public bool TryGetWritable(out Span<byte> span)
    {
        ref MbufHeader head = ref Head();
        bool writable = _cache.IsWritable(ref head);
        span = writable ? _cache.Hot.Memory.BytesOf(ref head) : default;
        return writable;
    }
}
