using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>One payload twice.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_dup: a second packet with the same bytes in storage of its own, all of it writable, whatever this one's is. In as few
    /// mbufs as the arena can give: up to <see cref="MbufSizes.InternalSize"/> bytes in a plain mbuf; one cluster, of 2 KiB or
    /// the smallest larger size that is free; more of them beyond 16 KiB, or of 2 KiB where no larger one is free. The arena's
    /// headroom stays before the data as far as it fits.
    /// </summary>
    /// <returns>
    /// The copy, owned by the caller, with the header's fields, flags and tags; null if the arena is exhausted: this chain is as
    /// it was.
    /// </returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(bytes). Up to 2 KiB: one pop from the cache, and the copy.</remarks>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MbufChain Duplicate() => DuplicateOf(this);

    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    private static MbufChain DuplicateOf(MbufChain chain)
    {
        ThreadCache cache = chain._cache;
        ref MbufHeader head = ref chain.Head();
        int length = head.ChainLength;
        if (length is < MbufSizes.SmallestInCluster or > (int)MbufClusterSize.Standard
            || head.Next != 0 || (head.Flags & HeaderFlags.Cold) != 0)
        {
            return DuplicateAny(chain);
        }

        if (!cache.TryTake(ZoneId.Packet, out uint index))
        {
            return Null;
        }

        // One cluster from one mbuf, and a header that is all in its line: a fresh pair has the rest right.
        ref MbufHeader copy = ref chain.At(index);
        copy.Flags = (head.Flags & HeaderFlags.OfPacket) | HeaderFlags.Head;
        copy.Type = head.Type;
        copy.ReceiveInterface = head.ReceiveInterface;
        copy.SegmentLength = length;
        copy.PacketLength = head.PacketLength;
        copy.ChainLength = length;
        copy.ChecksumFlags = head.ChecksumFlags;
        copy.ChecksumData = head.ChecksumData;
        copy.FlowId = head.FlowId;
        cache.Hot.Memory.BytesOf(ref head).CopyTo(cache.Hot.Memory.BytesOf(ref copy));
        return MbufChain.Of(cache, index, copy.Generation);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MbufChain DuplicateAny(MbufChain chain)
    {
        ThreadCache cache = chain._cache;
        ref MbufHeader head = ref chain.Head();
        int length = head.ChainLength;
        bool isPair = length is >= MbufSizes.SmallestInCluster and <= (int)MbufClusterSize.Standard;
        uint index = isPair ? chain.TakePair(length) : chain.TakeForCopy(length);
        if (index == 0)
        {
            return Null;
        }

        ref MbufHeader copy = ref chain.At(index);
        copy.Flags = (head.Flags & HeaderFlags.OfPacket & (length > 0 ? ~HeaderFlags.EndOfRecord : uint.MaxValue)) | HeaderFlags.Head;
        copy.ChainLength = length;
        copy.UpdateSlowFree();
        if (!cache.TryCopyPacketHeader(ref head, ref copy))
        {
            cache.FreeMbufs(index);
            return Null;
        }

        if (head.Next == 0 && copy.Next == 0)
        {
            copy.Type = head.Type;
            copy.Flags |= head.Flags & HeaderFlags.EndOfRecord;
            cache.Hot.Memory.BytesOf(ref head).CopyTo(cache.Hot.Memory.BytesOf(ref copy));
        }
        else
        {
            chain.CopyInto(index, chain.Index);
        }

        return MbufChain.Of(cache, index, copy.Generation);
    }

    /// <summary>An mbuf with a 2 KiB cluster, for bytes that fit behind its headroom; 0 if exhausted.</summary>
    private uint TakePair(int length)
    {
        if (!_cache.TryTake(ZoneId.Packet, out uint index))
        {
            return 0;
        }

        At(index).SegmentLength = length;
        return index;
    }

    /// <summary>The first of as many mbufs as it takes, which knows the others; 0 if exhausted.</summary>
    private uint TakeForCopy(int length)
    {
        ChainBuilder parts = default;
        if (!_cache.CanEverCopy(length, At(Index).Segments) || !parts.TryAddCopy(_cache, length))
        {
            parts.Undo(_cache);
            return 0;
        }

        At(parts.First).Tail = parts.Last;
        At(parts.First).Segments = parts.Segments;
        return parts.First;
    }

    /// <summary>
    /// Fills fresh mbufs, which have their lengths, with the bytes of others, from an offset in <paramref name="source"/> on. The
    /// label of the first byte goes with them, and the mark where a record ends among them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyInto(uint target, uint source, int offset = 0)
    {
        for (uint index = target; index != 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            if (header.SegmentLength > 0 && offset == At(source).SegmentLength)
            {
                SkipEmpty(ref source, ref offset);
            }

            header.Type = At(source).Type;
            header.Flags |= CopyRun(_cache.Hot.Memory.BytesOf(ref header), ref source, ref offset);
            if (offset == At(source).SegmentLength && (offset == 0 || At(source).Next != 0))
            {
                header.Flags |= SkipEmpty(ref source, ref offset);
            }
        }
    }

    /// <summary>Goes from where an mbuf ends to the next that has data, or to the last.</summary>
    /// <returns>The mark that a record ends, if one of those without data has it.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint SkipEmpty(ref uint source, ref int offset)
    {
        uint mark = 0;
        while (offset == At(source).SegmentLength)
        {
            mark |= offset == 0 ? At(source).Flags & HeaderFlags.EndOfRecord : 0;
            if (At(source).Next == 0)
            {
                break;
            }

            source = At(source).Next;
            offset = 0;
        }

        return mark;
    }

    /// <summary>Copies bytes out of mbufs, from an offset in one of them on, and moves the offset behind them.</summary>
    /// <returns>The mark that a record ends, if one of those whose last byte was copied has it.</returns>
    private uint CopyRun(Span<byte> target, ref uint source, ref int offset)
    {
        uint mark = 0;
        while (!target.IsEmpty)
        {
            ref MbufHeader from = ref At(source);
            int left = from.SegmentLength - offset;
            int length = Math.Min(left, target.Length);
            _cache.Hot.Memory.Bytes(from.Data + offset, length).CopyTo(target);
            target = target[length..];
            offset += length;
            if (length == left)
            {
                mark |= from.Flags;
                if (from.Next != 0)
                {
                    source = from.Next;
                    offset = 0;
                }
                else if (!target.IsEmpty)
                {
                    ThrowHelper.ShorterThanItSays();
                }
            }
        }

        return mark & HeaderFlags.EndOfRecord;
    }
}
