using System.Buffers;

namespace Engine.Mbufs;

/// <content>Copying a chain into memory that is in pieces, or that a writer gives.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_mbuftouio: copies bytes from the start of the chain into pieces of memory, in order, as many as there are and fit.
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

    /// <summary>
    /// m_copydata of the whole chain to a writer: a pipe, for example. The chain stays as it is.
    /// </summary>
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
