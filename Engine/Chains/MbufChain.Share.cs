using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>One payload under two packets.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// A second packet with the same bytes (mbuf(9): m_copypacket). Clusters are shared by reference count, not copied; internal
    /// buffers, of at most 192 bytes, are copied.
    /// </summary>
    /// <returns>
    /// The copy, owned by the caller, with the header's fields and flags; null if the arena is exhausted: this chain is as it
    /// was. While both live, shared storage is writable through neither; when one is freed, the other may write again.
    /// Read-only storage stays read-only in every copy.
    /// </returns>
    /// <remarks>
    /// O(segments): one plain mbuf and, once storage is shared by more than two, one atomic increment for each.
    /// </remarks>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MbufChain Share() => ShareOf(this);

    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    private static MbufChain ShareOf(MbufChain chain)
    {
        ThreadCache cache = chain._cache;
        ref MbufHeader head = ref chain.Head();
        if (!cache.TryTake(ZoneId.Mbuf, out uint index))
        {
            return Null;
        }

        ref MbufHeader copy = ref chain.At(index);
        if (head.Next != 0 || head.Kind != ZoneId.Cluster || head.SegmentLength == 0 || (head.Flags & HeaderFlags.Cold) != 0)
        {
            return ShareAny(chain, ref head, ref copy, index);
        }

        // One cluster and a header that is all in its line: as it is, but for the links, which a fresh mbuf has right.
        cache.CountShareOfCluster(ref head);
        copy.Flags = (head.Flags & (HeaderFlags.OfPacket | HeaderFlags.OfStorage)) | HeaderFlags.Head | HeaderFlags.SlowFree;
        copy.Labels = head.Labels;
        copy.Storage = head.Storage;
        copy.Data = head.Data;
        copy.SegmentLength = head.SegmentLength;
        copy.PacketLength = head.PacketLength;
        copy.ChainLength = head.ChainLength;
        copy.ChecksumFlags = head.ChecksumFlags;
        copy.ChecksumData = head.ChecksumData;
        copy.FlowId = head.FlowId;
        return MbufChain.Of(cache, index, copy.Generation);
    }

    /// <summary>A share of several mbufs, of an internal buffer, or of a header with a cold line.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MbufChain ShareAny(MbufChain chain, ref MbufHeader head, ref MbufHeader copy, uint index)
    {
        ThreadCache cache = chain._cache;
        copy.Flags = (head.Flags & HeaderFlags.OfPacket) | HeaderFlags.Head;
        chain.ShareSegment(ref head, ref copy, index);
        if (head.Next != 0 && !chain.TryShareFollowers(ref head, ref copy, index))
        {
            return Null;
        }

        if (!cache.TryCopyPacketHeader(ref head, ref copy))
        {
            cache.FreeMbufs(index);
            return Null;
        }

        copy.ChainLength = head.ChainLength;
        copy.Segments = head.Segments;
        copy.UpdateSlowFree();
        return MbufChain.Of(cache, index, copy.Generation);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryShareFollowers(ref MbufHeader head, ref MbufHeader copy, uint copyIndex)
    {
        var parts = ChainBuilder.Of(copyIndex);
        if (!_cache.CanEverTakePlain(head.Segments - 1, held: head.Segments + 1))
        {
            parts.Undo(_cache);
            return false;
        }

        for (uint index = head.Next; index != 0; index = At(index).Next)
        {
            if (!_cache.TryTake(ZoneId.Mbuf, out uint shared))
            {
                parts.Undo(_cache);
                return false;
            }

            At(shared).Flags = 0;
            ShareSegment(ref At(index), ref At(shared), shared);
            parts.Add(_cache, shared);
        }

        copy.Tail = parts.Last;
        return true;
    }

    /// <summary>
    /// Gives a fresh mbuf the bytes of another: the same cluster, or a copy of its internal buffer at the same place in it.
    /// </summary>
    private void ShareSegment(ref MbufHeader header, ref MbufHeader copy, uint copyIndex)
    {
        copy.Type = header.Type;
        copy.Flags |= header.Flags & (HeaderFlags.EndOfRecord | HeaderFlags.Spare);
        if (header.SegmentLength == 0 && !header.IsInternal)
        {
            return; // Room without data stays the original's alone; the copy has its own internal buffer.
        }

        if (!header.IsInternal)
        {
            _cache.ShareStorage(ref header, ref copy);
            return;
        }

        _cache.Hot.Memory.AttachInternal(ref copy, copyIndex, _cache.Hot.Memory.RoomBefore(ref header));
        copy.SegmentLength = header.SegmentLength;
        copy.Flags |= header.Flags & HeaderFlags.ReadOnly;
        _cache.Hot.Memory.BytesOf(ref header).CopyTo(_cache.Hot.Memory.BytesOf(ref copy));
    }

    /// <summary>
    /// A second chain with a range of the bytes (mbuf(9): m_copym). Clusters and attached storage are shared, not copied; internal
    /// buffers, of at most 192 bytes, are copied.
    /// </summary>
    /// <param name="offset">The first byte, from the start of the chain; 0 or more. At 0 the copy of a packet is a packet, with
    /// the header's fields, flags and tags; elsewhere a chain without header.</param>
    /// <param name="length">Bytes, 0 or more; <see cref="MbufSizes.CopyAll"/> for all that follow. The packet length of the copy is
    /// this, and for all of a packet what its header says.</param>
    /// <param name="copy">The copy, owned by the caller; null on failure. What is shared can be written through neither, see
    /// <see cref="Share"/>.</param>
    /// <returns>
    /// False if the chain ends before, or if the arena is exhausted: this chain is as it was. A copy of no bytes is an empty chain
    /// (m_copym gives none).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="length"/> is
    /// negative.</exception>
    /// <remarks>O(segments up to the end of the range): one plain mbuf for each that has bytes of it.</remarks>
    public bool TryShare(int offset, int length, out MbufChain copy)
    {
        MbufChain chain = this; // The variable that receives the copy may be this very one.
        return chain.TryShareRange(offset, length, out copy);
    }

    private bool TryShareRange(int offset, int length, out MbufChain copy)
    {
        ref MbufHeader head = ref Head();
        copy = Null;
        if (!TryFindEnd(ref head, offset, length, out int end))
        {
            return false;
        }

        bool all = offset == 0 && length == MbufSizes.CopyAll;
        ChainBuilder parts = default;
        bool taken = offset < end ? TryAddShares(ref parts, offset, end - offset) : _cache.TryTakeRoom(0, head.Segments, out parts);
        if (!taken || !TryStartCopy(ref head, parts, withHeader: offset == 0))
        {
            return false;
        }

        ref MbufHeader first = ref At(parts.First);
        first.ChainLength = end - offset;
        if (!all && (first.Flags & HeaderFlags.PacketHeader) != 0)
        {
            first.PacketLength = first.ChainLength;
        }

        copy = MbufChain.Of(_cache, parts.First, first.Generation);
        return true;
    }

    /// <summary>
    /// One payload under many headers: a second packet whose first mbuf is its own and empty, and whose other mbufs have this
    /// one's bytes as <see cref="Share"/> would give them. Another header can be prepended to each copy without touching the
    /// payload. It has no mbuf(9) name: there it takes m_gethdr, m_dup_pkthdr and m_copym.
    /// </summary>
    /// <param name="headroom">Bytes that can be prepended before another mbuf is needed, 0 to
    /// <see cref="MbufSizes.MaximumContiguous"/>; at least so many.</param>
    /// <returns>
    /// The copy, owned by the caller, with the header's fields, flags and tags; null if the arena is exhausted: this chain is as
    /// it was.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="headroom"/> is out of its range.</exception>
    /// <remarks>O(segments). A plain mbuf is the head up to <see cref="MbufSizes.InternalSize"/> bytes.</remarks>
    [UnscopedRef]
    public MbufChain ShareBehindHead(int headroom)
    {
        ref MbufHeader head = ref Head();
        CheckContiguous(nameof(headroom), headroom);
        if (!_cache.TryTakeContiguous(headroom, out uint index))
        {
            return Null;
        }

        ref MbufHeader first = ref At(index);
        first.Data += _cache.Hot.Memory.RoomBehind(ref first);
        var parts = ChainBuilder.Of(index);
        if (!TryAddShares(ref parts, 0, head.ChainLength) || !TryStartCopy(ref head, parts, withHeader: true))
        {
            return Null;
        }

        first.ChainLength = head.ChainLength;
        return MbufChain.Of(_cache, index, first.Generation);
    }

    /// <summary>Makes linked mbufs a chain, apart from its length; they are freed if that fails.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryStartCopy(ref MbufHeader head, ChainBuilder parts, bool withHeader)
    {
        ref MbufHeader copy = ref At(parts.First);
        copy.Flags |= HeaderFlags.Head;
        copy.Tail = parts.Last;
        copy.Segments = parts.Segments;
        if (withHeader)
        {
            copy.Type = copy.SegmentLength == 0 ? head.Type : copy.Type;
            copy.Flags |= head.Flags & HeaderFlags.OfPacket & (copy.SegmentLength == 0 ? ~HeaderFlags.EndOfRecord : uint.MaxValue);
            if (!_cache.TryCopyPacketHeader(ref head, ref copy))
            {
                parts.Undo(_cache);
                return false;
            }
        }

        copy.UpdateSlowFree();
        return true;
    }

    /// <summary>
    /// Adds an mbuf for each that has bytes of a range, which the chain holds, with the same storage or a copy of its internal
    /// buffer. On failure all parts are freed, those before, too.
    /// </summary>
    private bool TryAddShares(ref ChainBuilder parts, int offset, int length)
    {
        int held = At(Index).Segments + parts.Segments;
        if (!_cache.IsAmple((long)held + At(Index).Segments) && !_cache.CanEverTakePlain(CountPieces(offset, length), held))
        {
            parts.Undo(_cache);
            return false;
        }

        uint index = Index;
        bool isWhole = false;
        for (; length > 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            int piece = Math.Min(header.SegmentLength - offset, length);
            if (piece <= 0)
            {
                offset -= header.SegmentLength;
                continue;
            }

            if (!_cache.TryTake(ZoneId.Mbuf, out uint taken))
            {
                parts.Undo(_cache);
                return false;
            }

            ref MbufHeader shared = ref At(taken);
            shared.Flags = 0;
            ShareSegment(ref header, ref shared, taken);
            isWhole = piece == header.SegmentLength - offset;
            if (!isWhole)
            {
                shared.Flags &= ~HeaderFlags.EndOfRecord;
            }

            shared.Data += offset;
            shared.SegmentLength = piece;
            parts.Add(_cache, taken);
            length -= piece;
            offset = 0;
        }

        At(parts.Last).Flags |= isWhole ? MarkOfRoom(index) : 0;
        return true;
    }

    /// <summary>The mark that mbufs without bytes, from one on, may have for the last byte before them.</summary>
    private uint MarkOfRoom(uint index)
    {
        uint mark = 0;
        for (; index != 0 && At(index).SegmentLength == 0; index = At(index).Next)
        {
            mark |= At(index).Flags & HeaderFlags.EndOfRecord;
        }

        return mark;
    }

    /// <summary>The mbufs that have bytes of a range, which the chain holds.</summary>
    private int CountPieces(int offset, int length)
    {
        int pieces = 0;
        int end = offset + length;
        int position = 0;
        for (uint index = Index; position < end; index = At(index).Next)
        {
            pieces += Overlaps(At(index).SegmentLength, position, offset, end) ? 1 : 0;
            position += At(index).SegmentLength;
        }

        return pieces;
    }
}
