using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Room before the data position of mbufs that hold nothing: used again before the arena is asked for more.</content>
/// <remarks>
/// It may be what a trim left, or headroom that somebody wants to prepend into; so the position is only moved if the room behind is not
/// enough for what is asked. It goes to where a fresh mbuf's is, behind the usual headroom, and further only where that saves an
/// allocation. A position that is there already stays: the headroom of a fresh mbuf is nobody's to append to.
/// </remarks>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Moves the data position of an mbuf that has no data, and may be written, so that a number of bytes fits behind it. False if
    /// they do not, or if the mbuf is not such a one.
    /// </summary>
    private bool TryUseOwnRoom(ref MbufHeader header, int length)
    {
        if (header.SegmentLength != 0 || length > _cache.CapacityOf(ref header) || !_cache.IsWritable(ref header)
            || OwnRoomBefore(ref header) == 0)
        {
            return false;
        }

        if (length > _cache.RoomBehind(ref header))
        {
            SlideToFit(ref header, length);
        }

        return true;
    }

    /// <summary>Free bytes before the data position of an mbuf without data that appending may use; 0 if it has only the usual
    /// headroom.</summary>
    internal int OwnRoomBefore(ref MbufHeader header)
    {
        int before = _cache.RoomBefore(ref header);
        return before > UsualHeadroom(ref header) ? before : 0;
    }

    /// <summary>Where the data position of fresh storage of this kind is.</summary>
    internal int UsualHeadroom(ref MbufHeader header) => _cache.Storages[(int)header.Kind].Headroom;

    /// <summary>
    /// The same for a head that bytes are prepended to. They get the usual headroom before them, and the only mbuf of a packet has the
    /// rest of its room behind them; before others with data there is no use for that.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryUseOwnRoomBefore(MbufChain chain, int length)
    {
        MbufCache cache = chain._cache;
        ref MbufHeader head = ref chain.At(chain.Index);
        int capacity = cache.CapacityOf(ref head);
        if (head.SegmentLength != 0 || length > capacity || !cache.IsWritable(ref head))
        {
            return false;
        }

        int place = head.ChainLength > 0 ? capacity : (int)Math.Min(capacity, (long)cache.Arena.Layout.Headroom + length);
        head.Data = cache.StartOf(ref head) + place;
        return true;
    }

    /// <summary>
    /// How much longer the chain could be, up to a number of bytes, if the mbufs without data from the fill point on had their data
    /// positions further in front.
    /// </summary>
    private int FindOwnRoom(uint point, int wanted)
    {
        if (At(point).Next == 0 && At(point).SegmentLength > 0)
        {
            return 0; // The usual chain: no mbuf is empty.
        }

        long toUsual = 0;
        long toStart = 0;
        for (uint index = point; index != 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            if (IsEmptied(ref header))
            {
                int before = OwnRoomBefore(ref header);
                toStart += before;
                toUsual += before - UsualHeadroom(ref header);
            }
        }

        return (int)Math.Min(toStart >= wanted ? toStart : toUsual, wanted);
    }

    /// <summary>
    /// Moves data positions by so many bytes as were found: up to the usual headroom, and into it as far as those of all mbufs are not
    /// enough.
    /// </summary>
    private void UseOwnRoom(uint point, int wanted)
    {
        int beyond = wanted;
        for (uint index = point; index != 0 && wanted > 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            beyond -= IsEmptied(ref header) ? OwnRoomBefore(ref header) - UsualHeadroom(ref header) : 0;
        }

        for (uint index = point; index != 0 && wanted > 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            if (IsEmptied(ref header))
            {
                int into = Math.Clamp(beyond, 0, UsualHeadroom(ref header));
                int gain = OwnRoomBefore(ref header) - UsualHeadroom(ref header) + into;
                header.Data -= gain;
                wanted -= gain;
                beyond -= into;
            }
        }

        Debug.Assert(wanted <= 0, "There is as much room as was found.");
    }

    /// <summary>True of an mbuf without data whose position is behind the usual headroom, if it may be written.</summary>
    private bool IsEmptied(ref MbufHeader header)
        => header.SegmentLength == 0 && header.IsPlainlyWritable && OwnRoomBefore(ref header) > 0;
}
