using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>One payload twice.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// A second packet with the same bytes in storage of its own, all of it writable, whatever this one's is (mbuf(9): m_dup). In
    /// as few mbufs as the arena can give: up to <see cref="MbufSizes.InternalSize"/> bytes in a plain mbuf; one cluster, of 2 KiB
    /// or the smallest larger size that is free; more of them beyond 16 KiB, or of 2 KiB where no larger one is free. The arena's
    /// headroom stays before the data as far as it fits.
    /// </summary>
    /// <returns>
    /// The copy, owned by the caller, with the header's fields, flags and tags; null if the arena is exhausted: this chain is as
    /// it was.
    /// </returns>
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
        if (length is < MbufSizes.MinimumInCluster or > (int)MbufClusterSize.Standard
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
        bool isPair = length is >= MbufSizes.MinimumInCluster and <= (int)MbufClusterSize.Standard;
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

    /// <summary>Copies bytes out of the chain, wherever they lie (mbuf(9): m_copydata).</summary>
    /// <param name="offset">The first byte to copy, from the start of the chain; 0 or more.</param>
    /// <param name="destination">Receives the bytes; its length says how many. Must not be a view of this chain.</param>
    /// <returns>False if the chain ends before that: nothing was copied.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    /// <remarks>O(segments before + bytes).</remarks>
    public bool TryCopyTo(int offset, Span<byte> destination)
    {
        ref MbufHeader header = ref Head();
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        if ((long)offset + destination.Length > header.ChainLength)
        {
            return false;
        }

        while (!destination.IsEmpty)
        {
            if (offset < header.SegmentLength)
            {
                int length = Math.Min(header.SegmentLength - offset, destination.Length);
                _cache.Hot.Memory.Bytes(header.Data + offset, length).CopyTo(destination);
                destination = destination[length..];
                offset = 0;
            }
            else
            {
                offset -= header.SegmentLength;
            }

            header = ref At(header.Next);
        }

        return true;
    }

    /// <summary>
    /// Copies bytes from the start of the chain into pieces of memory, in order, as many as there are and fit (mbuf(9):
    /// m_mbuftouio).
    /// </summary>
    /// <param name="destinations">The memory; empty pieces are skipped.</param>
    /// <param name="length">How many bytes to copy at most, 0 or more; <see cref="MbufSizes.CopyAll"/> for all of them.</param>
    /// <returns>Bytes copied: the least of what was asked for, what the chain holds and what the pieces hold.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The memory's owner changed the chain.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away, before or while it was copied.</exception>
    /// <remarks>O(segments + pieces + bytes).</remarks>
    public int CopyTo(ReadOnlySpan<Memory<byte>> destinations, int length)
    {
        int most = Head().ChainLength;
        if (length < 0)
        {
            ThrowHelper.Negative(nameof(length), length);
        }

        most = Math.Min(length, most); // CopyAll is more than any chain has.
        int copied = 0;
        uint index = Index;
        int offset = 0;
        foreach (Memory<byte> destination in destinations)
        {
            if (copied == most)
            {
                break;
            }

            Span<byte> room = destination.Span;
            room = room[..Math.Min(room.Length, most - copied)];
            CopyNext(room, ref index, ref offset);
            copied += room.Length;
        }

        return copied;
    }

    /// <summary>A pipe, for example (mbuf(9): m_copydata of the whole chain to a writer). The chain stays as it is.</summary>
    /// <param name="writer">Receives the bytes, in as few pieces as it gives room for; not flushed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The writer gave no room, or changed the chain.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away, before or while it was copied.</exception>
    /// <remarks>O(segments + bytes). If the writer throws, it keeps what it was given before.</remarks>
    public void CopyTo(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        int left = Head().ChainLength;
        uint index = Index;
        int offset = 0;
        while (left > 0)
        {
            Span<byte> room = writer.GetSpan();
            if (room.IsEmpty)
            {
                ThrowHelper.NoRoomGiven();
            }

            room = room[..Math.Min(room.Length, left)];
            CopyNext(room, ref index, ref offset);
            writer.Advance(room.Length);
            left -= room.Length;
        }
    }

    /// <summary>
    /// Copies as many bytes as there is room for, from a place in the chain on, and moves the place behind them. After foreign
    /// code has run: the claim is asked again, and links that lead nowhere are not followed.
    /// </summary>
    private void CopyNext(Span<byte> room, ref uint index, ref int offset)
    {
        _ = ref Head();
        while (!room.IsEmpty)
        {
            if (index == 0)
            {
                ThrowHelper.ChangedMeanwhile();
            }

            ref MbufHeader header = ref At(index);
            int length = Math.Min(header.SegmentLength - offset, room.Length);
            if (length > 0)
            {
                _cache.Hot.Memory.Bytes(header.Data + offset, length).CopyTo(room);
                room = room[length..];
                offset += length;
            }
            else
            {
                index = header.Next;
                offset = 0;
            }
        }
    }
}
