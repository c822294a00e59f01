using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>Making bytes contiguous at the front, in storage of their own.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_copyup: moves the first bytes into fresh storage, with room before them, and shows them: contiguous, writable, and
    /// where a header can be prepended, also if they were contiguous before. What is left of the first mbuf's old storage is the
    /// second mbuf's; mbufs that become empty are freed.
    /// </summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <param name="headroom">Bytes of room before them, 0 to <see cref="MbufSizes.LargestContiguous"/>: exactly so many.</param>
    /// <param name="view">Exactly the first <paramref name="length"/> bytes; empty on failure.</param>
    /// <returns>
    /// False if the chain is shorter, if no storage is so large as both together (mbuf(9) ends at MHLEN), or if the arena is
    /// exhausted: the chain is as it was, layout included (m_copyup frees it).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative, or <paramref name="headroom"/> out of
    /// its range.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(bytes moved); needs one mbuf, and a cluster if an mbuf's internal buffer is too small.</remarks>
    [UnscopedRef]
    public bool TryCopyUp(int length, int headroom, out ReadOnlySpan<byte> view)
    {
        ref MbufHeader head = ref Head();
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        CheckContiguous(nameof(headroom), headroom);
        int largest = _cache.Hot.Memory.LayoutOf(ZoneId.Jumbo16).Capacity;
        if (length > head.ChainLength || length > largest - headroom || !TryMakeFront(this, headroom + length))
        {
            view = default;
            return false;
        }

        head.Data = _cache.Hot.Memory.StartOf(ref head) + headroom; // Of storage that is new to it: no position knows it.
        PullFromFollowers(ref head, ref head, Index, length);
        if (length == 0 && At(head.Next).SegmentLength == 0)
        {
            UnlinkBehind(ref head, ref head, Index, head.Next, count: 1);
        }

        _cache.RunDueRoutines();
        view = _cache.Hot.Memory.BytesOf(ref head);
        return true;
    }
}
