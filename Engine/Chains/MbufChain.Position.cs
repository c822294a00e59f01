using System.Diagnostics;
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
            position = isEnd ? new MbufPosition(this, head.Tail, At(head.Tail).SegmentLength) : MbufPosition.Null;
            return isEnd;
        }

        uint index = Find(offset, out _, out int inside);
        position = new MbufPosition(this, index, inside);
        return true;
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
    private uint Find(int offset, out uint previous, out int inside)
    {
        previous = 0;
        inside = offset;
        uint index = Index;
        while (inside >= At(index).SegmentLength)
        {
            inside -= At(index).SegmentLength;
            previous = index;
            index = At(index).Next;
        }

        return index;
    }

    /// <summary>
    /// The header of an mbuf that a position names, after the checks that every use of a position makes: the chain's claim, the
    /// mbuf's own life in it, which ends when it is freed and when a split moves it to another chain, and an offset that it
    /// still has.
    /// </summary>
    /// <param name="index">The mbuf.</param>
    /// <param name="generation">Its generation when the position was taken.</param>
    /// <param name="offset">The offset in its data.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref MbufHeader VerifiedMbuf(uint index, uint generation, int offset)
    {
        _ = ref Head();
        ref MbufHeader header = ref At(index);
        if (header.Generation != generation || offset > header.SegmentLength)
        {
            ThrowHelper.StalePosition();
        }

        return ref header;
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
            index = At(index).Next;
            Debug.Assert(index != 0, "An mbuf that was verified is one of this chain's: a split ends the claims on those it moves.");
        }

        return before;
    }

    /// <summary>The header of an mbuf that the caller knows to be one of this chain's.</summary>
    internal ref MbufHeader MbufAt(uint index) => ref At(index);
}
