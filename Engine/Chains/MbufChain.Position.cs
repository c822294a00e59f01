using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Naming the mbufs inside a chain.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>The first mbuf, at its first byte: where a walk over all mbufs, empty ones too, starts. O(1).</summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    [UnscopedRef]
    public MbufPosition Start
    {
        get
        {
            _ = ref Head();
            return new MbufPosition(this, Index, 0);
        }
    }

    /// <summary>
    /// m_last, and what m_length says of the last mbuf: the last mbuf, empty or not, at its first byte. O(1).
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    [UnscopedRef]
    public MbufPosition LastSegment
    {
        get
        {
            ref MbufHeader head = ref Head();
            return new MbufPosition(this, head.Tail, 0);
        }
    }

    /// <summary>m_getptr: finds the mbuf that holds a byte.</summary>
    /// <param name="offset">The byte, from the start of the chain; 0 or more. The chain's length names the end: the last mbuf,
    /// behind its last byte.</param>
    /// <param name="position">The place; null (<see cref="MbufPosition.IsNull"/>) on failure.</param>
    /// <returns>False if the chain is shorter.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative (m_getptr: NULL).</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments before); O(1) for the end.</remarks>
    [UnscopedRef]
    public bool TryGetPosition(int offset, out MbufPosition position)
    {
        ref MbufHeader head = ref Head();
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        if (offset >= head.ChainLength)
        {
            bool isEnd = offset == head.ChainLength;
            position = isEnd ? EndPosition(ref head) : MbufPosition.Null;
            return isEnd;
        }

        uint index = Find(offset, out _, out int inside);
        position = new MbufPosition(this, index, inside);
        return true;
    }

    /// <summary>The end of the data, where the next byte belongs; behind it there may be room only.</summary>
    [UnscopedRef]
    private MbufPosition EndPosition(ref MbufHeader head)
    {
        uint point = FillPoint(ref head);
        return new MbufPosition(this, point, At(point).SegmentLength);
    }

    /// <summary>A reader at the first byte. O(1).</summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    [UnscopedRef]
    public MbufReader GetReader()
    {
        _ = ref Head();
        return new MbufReader(this);
    }

    /// <summary>A writer at the first byte: it writes over what is there, and then makes the chain longer. O(1).</summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    [UnscopedRef]
    public MbufWriter GetWriter()
    {
        _ = ref Head();
        return new MbufWriter(this);
    }

    /// <summary>The mbuf that holds a byte, which the chain has, the mbuf before it (0 if there is none), and the byte's place
    /// in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Find(int offset, out uint previous, out int inside)
    {
        previous = 0;
        inside = offset;
        uint index = Index;
        while (inside >= At(index).SegmentLength)
        {
            inside -= At(index).SegmentLength;
            previous = index;
            index = NextOf(index);
        }

        return index;
    }

    /// <summary>
    /// The header of an mbuf that a position names, after the checks that every use of a position makes: the chain's claim, the
    /// mbuf's own life in it, which ends when it is freed and when a split moves it to another chain, that its bytes lie where they
    /// did, and that the place is one of its data or their end.
    /// </summary>
    /// <param name="index">The mbuf.</param>
    /// <param name="stamp">Its <see cref="MbufHeader.Stamp"/> when the position was taken.</param>
    /// <param name="place">Where the byte lies, from the arena's base.</param>
    /// <param name="left">Bytes of the mbuf from the place on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref MbufHeader VerifiedMbuf(uint index, uint stamp, long place, out int left)
    {
        _ = ref Head();
        ref MbufHeader header = ref At(index);
        long offset = place - header.Data;
        uint length = (uint)header.SegmentLength;
        if (header.Stamp != stamp || (ulong)offset > length)
        {
            ThrowHelper.StalePosition();
        }

        left = (int)(length - (uint)offset);
        return ref header;
    }

    /// <summary>True where <see cref="VerifiedMbuf"/> would not throw, of a chain that is owned.</summary>
    internal bool IsPlace(uint index, uint stamp, long place)
    {
        ref MbufHeader header = ref At(index);
        return header.Stamp == stamp && (ulong)(header.Data + header.SegmentLength - place) <= (uint)header.SegmentLength;
    }

    /// <summary>The bytes before an mbuf of this chain.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal int BytesBefore(uint mbuf)
    {
        int before = 0;
        uint index = Index;
        while (index != mbuf)
        {
            before += At(index).SegmentLength;
            index = NextOf(index);
        }

        return before;
    }

    /// <summary>The mbuf behind one, which there must be: the chain's own length says so, or the mbuf that is looked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint NextOf(uint index)
    {
        uint next = At(index).Next;
        if (next == 0)
        {
            ThrowHelper.ShorterThanItSays(); // Going on would be a walk over header 0 without end: not only asserted.
        }

        return next;
    }
}
