namespace Engine.Mbufs;

/// <content>Freeing a chain mbuf by mbuf.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_free, MFREE: frees the first mbuf only and hands over the rest as a chain of its own. A packet header, with its fields,
    /// flags and tags, dies with the mbuf that it is in. Strict, as <see cref="Free"/>.
    /// </summary>
    /// <param name="rest">
    /// What came behind, owned by the caller: a chain without packet header; null if there was nothing. May be the variable of
    /// this chain itself. Set also if the routine of external storage throws.
    /// </param>
    /// <exception cref="MbufDoubleFreeException">The packet was freed or given away before.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1), and O(tags) for the tags of a packet. Never needs memory.</remarks>
    public void FreeFirst(out MbufChain rest)
    {
        // In locals: the variable that receives the rest may be this very one, as in a loop that frees a chain bit by bit.
        ThreadCache cache = _cache;
        uint index = _slot - cache.Hot.Opening;
        if (index > cache.Hot.LastIndex)
        {
            ThreadCache.ThrowNotOfThisOpening(cache);
        }

        ref MbufHeader head = ref cache.Hot.Memory.Header(index);
        if (head.Generation != _generation)
        {
            ThrowHelper.DoubleFree();
        }

        rest = head.Next == 0 ? MbufChain.Null : Succeed(cache, ref head);
        head.Next = 0;
        cache.FreeChainAndCheck(ref head, index);
    }

    /// <summary>Makes the second mbuf the head of what is behind the first.</summary>
    private static MbufChain Succeed(ThreadCache cache, ref MbufHeader head)
    {
        uint index = head.Next;
        ref MbufHeader successor = ref cache.Hot.Memory.Header(index);
        successor.Tail = head.Tail;
        successor.Segments = head.Segments - 1;
        successor.ChainLength = head.ChainLength - head.SegmentLength;
        successor.Generation += cache.Hot.Memory.Step;
        cache.DropPacketHeader(ref successor); // What may be left in its fields of an earlier life as a head.
        successor.Flags |= HeaderFlags.Head;
        if (successor.Next == 0)
        {
            successor.Flags &= ~HeaderFlags.Spare; // It is the only one now, so its room is where bytes go.
        }

        successor.UpdateSlowFree();
        return MbufChain.Of(cache, index, successor.Generation);
    }
}
