using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Room for bytes whose number is not known yet: offered, filled by others, committed; what was not filled goes back.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Contiguous free room behind the data, for bytes whose number is not known yet: write as many as there come, and count them by
    /// <see cref="Commit"/>. All room that the mbuf has is given, which is a 2 KiB cluster's if a fresh one has to be taken.
    /// </summary>
    /// <param name="atLeast">Bytes of room that are needed, 0 to <see cref="MbufSizes.MaximumContiguous"/>; 0 for any room, of 1 byte at
    /// least.</param>
    /// <param name="room">The room, not zeroed and not yet data; empty on failure.</param>
    /// <returns>False if the arena is exhausted: the chain is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="atLeast"/> is negative or more than can be
    /// contiguous.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>
    /// O(1); O(segments) while room that was allocated in advance is not filled. The room is good until the next operation that adds to the
    /// chain, cuts it, shares it or moves its bytes. Room that is not used stays with the chain, and appending fills it.
    /// <see cref="MbufRoom"/> is the same in many pieces.
    /// </remarks>
    [UnscopedRef]
    public bool TryGetRoom(int atLeast, out Span<byte> room)
    {
        ref MbufHeader head = ref Head();
        CheckContiguous(nameof(atLeast), atLeast);
        atLeast = Math.Max(atLeast, 1);
        _ = Sum(head.ChainLength, atLeast);
        ref MbufHeader point = ref At(head.Tail);
        if (!point.IsPlainlyAppendable || atLeast > _cache.Hot.Memory.RoomBehind(ref point))
        {
            uint index = OfferRoom(this, atLeast);
            if (index == 0)
            {
                room = default;
                return false;
            }

            point = ref At(index);
        }

        int length = Math.Min(_cache.Hot.Memory.RoomBehind(ref point), int.MaxValue - head.ChainLength);
        room = _cache.Hot.Memory.Bytes(point.Data + point.SegmentLength, length);
        return true;
    }

    /// <summary>Counts bytes that were written into the room of <see cref="TryGetRoom"/>, from its start on, as data.</summary>
    /// <param name="count">Bytes, 0 to what the room had; after 0 the room is still offered.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative, or more than there is room: then it was not taken
    /// before, or is not the chain's alone any more. The chain is as it was.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1); O(segments) while room that was allocated in advance is not filled.</remarks>
    public void Commit(int count)
    {
        ref MbufHeader head = ref Head();
        uint point = FindOffered(ref head, out uint index);
        ref MbufHeader header = ref At(index);
        int room = LastingRoomOf(ref header);
        if ((uint)count > (uint)room)
        {
            ThrowHelper.NotRoom(nameof(count), count, room);
        }

        int length = Sum(head.ChainLength, count);
        if (count > 0)
        {
            _ = Use(ref head, point, index);
            header.SegmentLength += count;
            head.ChainLength = length;
            AddToPacketLength(ref head, count);
            header.Tail = index == Index ? header.Tail : index;
        }
    }

    /// <summary>
    /// The mbuf whose room was offered: the first one from the fill point on that says so, else the fill point itself.
    /// </summary>
    private uint FindOffered(ref MbufHeader head, out uint index)
    {
        uint point = FillPoint(ref head);
        for (index = At(point).Next; index != 0; index = At(index).Next)
        {
            if (At(index).Tail == MbufHeader.OfferedRoom)
            {
                return point;
            }
        }

        index = point;
        return point;
    }

    /// <summary>
    /// Finds an mbuf with so much lasting room from the fill point on, or links a fresh one; 0 if exhausted. It says so itself, unless it is
    /// the fill point, where commits are looked for.
    /// </summary>
    /// <remarks>Static, the chain by value: an address taken of it would keep the caller's chain out of registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint OfferRoom(MbufChain chain, int atLeast)
    {
        ref MbufHeader head = ref chain.At(chain.Index);
        uint point = chain.FillPoint(ref head);
        uint found = point;
        while (found != 0 && !chain.HasLastingRoom(ref chain.At(found), atLeast))
        {
            found = chain.At(found).Next;
        }

        if (found == 0)
        {
            if (!chain._cache.TryTakeContiguous(Math.Max(atLeast, (int)MbufClusterSize.Standard), out found)
                && (atLeast > MbufSizes.InternalSize || !chain._cache.TryTakeContiguous(atLeast, out found)))
            {
                return 0;
            }

            chain.LinkRoom(ChainBuilder.Of(found));
        }

        for (uint index = chain.At(point).Next; index != 0; index = chain.At(index).Next)
        {
            ref MbufHeader header = ref chain.At(index);
            header.Tail = index == found ? MbufHeader.OfferedRoom : header.Tail == MbufHeader.OfferedRoom ? index : header.Tail;
        }

        return found;
    }

    private bool HasLastingRoom(ref MbufHeader header, int atLeast)
        => LastingRoomOf(ref header) >= atLeast || (header.IsPlainlyWritable && TryUseOwnRoom(ref header, atLeast));

    internal partial void LinkRoom(ChainBuilder parts)
    {
        ref MbufHeader head = ref At(Index);
        At(parts.Last).Flags |= HeaderFlags.Spare;
        At(head.Tail).Flags &= ~HeaderFlags.Spare;
        Link(ref head, parts);
    }

    internal partial void CommitRoom(uint point, uint start, uint lastTail, bool wasSpare, int bytes)
    {
        ref MbufHeader head = ref At(Index);
        CountBytes(start, bytes);
        uint last = lastTail;
        while (At(last).Next != 0 && At(At(last).Next).SegmentLength > 0)
        {
            last = At(last).Next;
        }

        if (At(last).Next != 0)
        {
            Unlink(ref head, last);
            At(last).Flags |= last == lastTail && wasSpare ? HeaderFlags.Spare : 0;
        }

        if (bytes > 0)
        {
            At(point).MoveMark(ref At(last));
            At(last).Flags &= At(last).SegmentLength > 0 ? ~HeaderFlags.Spare : uint.MaxValue;
            head.ChainLength += bytes;
            AddToPacketLength(ref head, bytes);
        }
    }

    /// <summary>Gives back the mbufs behind one, which have no data; a mark on the last of them is that one's again.</summary>
    private void Unlink(ref MbufHeader head, uint last)
    {
        uint unused = At(last).Next;
        At(head.Tail).MoveMark(ref At(last));
        At(last).Next = 0;
        head.Tail = last;
        for (uint index = unused; index != 0; index = At(index).Next)
        {
            head.Segments--;
        }

        _cache.FreeMbufs(unused);
        head.UpdateSlowFree();
    }
}
