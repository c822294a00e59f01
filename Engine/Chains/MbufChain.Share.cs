using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>One payload under two packets.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_copypacket: a second packet with the same bytes. Clusters are shared by reference count, not copied; internal buffers,
    /// of at most 192 bytes, are copied.
    /// </summary>
    /// <returns>
    /// The copy, owned by the caller, with the header's fields and flags; null if the arena is exhausted: this chain is as it
    /// was. While both live, shared storage is writable through neither; when one is freed, the other may write again.
    /// Read-only storage stays read-only in every copy.
    /// </returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
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
        cache.CountShare(ref head);
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
        if (header.SegmentLength == 0 && header.Kind != ZoneId.Internal)
        {
            return; // Room without data stays the original's alone; the copy has its own internal buffer.
        }

        if (header.Kind != ZoneId.Internal)
        {
            _cache.ShareStorage(ref header, ref copy);
            return;
        }

        _cache.Hot.Memory.AttachInternal(ref copy, copyIndex, _cache.Hot.Memory.RoomBefore(ref header));
        copy.SegmentLength = header.SegmentLength;
        copy.Flags |= header.Flags & HeaderFlags.ReadOnly;
        _cache.Hot.Memory.BytesOf(ref header).CopyTo(_cache.Hot.Memory.BytesOf(ref copy));
    }
}
