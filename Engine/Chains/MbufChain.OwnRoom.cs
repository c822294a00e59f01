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
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryUseOwnRoom(ref MbufHeader header, int length)
    {
        if (header.SegmentLength != 0 || OwnRoomBefore(ref header) == 0 || length > _cache.Hot.Memory.CapacityOf(ref header)
            || !_cache.IsWritable(ref header))
        {
            return false;
        }

        if (length > _cache.Hot.Memory.RoomBehind(ref header))
        {
            SlideToFit(ref header, length);
        }

        return true;
    }

    /// <summary>Free bytes before the data position of an mbuf without data that appending may use; 0 if it has only the usual
    /// headroom.</summary>
    private int OwnRoomBefore(ref MbufHeader header)
    {
        int before = _cache.Hot.Memory.RoomBefore(ref header);
        return before > UsualHeadroom(ref header) ? before : 0;
    }

    internal partial int UsualHeadroom(ref MbufHeader header) => _cache.Hot.Memory.LayoutOf(header.Kind).Headroom;

    /// <summary>
    /// The same for a head that bytes are prepended to. They get the usual headroom before them, and the only mbuf of a packet has the
    /// rest of its room behind them; before others with data there is no use for that.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryUseOwnRoomBefore(MbufChain chain, int length)
    {
        ThreadCache cache = chain._cache;
        ref MbufHeader head = ref chain.At(chain.Index);
        int capacity = cache.Hot.Memory.CapacityOf(ref head);
        if (head.SegmentLength != 0 || length > capacity || !cache.IsWritable(ref head))
        {
            return false;
        }

        int place = head.ChainLength > 0 ? capacity : (int)Math.Min(capacity, (long)cache.Arena.Layout.Headroom + length);
        head.EndPlaces(cache.Hot.Memory.Step);
        head.Data = cache.Hot.Memory.StartOf(ref head) + place;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal partial bool MayHaveOwnRoom(uint point, int room)
    {
        ref MbufHeader header = ref At(point);
        bool isFresh = header.Kind == ZoneId.Cluster && room >= (int)MbufClusterSize.Standard;
        return header.Next != 0 || (header.SegmentLength == 0 && !isFresh);
    }

    /// <summary>
    /// How much longer the chain could be, up to a number of bytes, if the mbufs without data from the fill point on had their data
    /// positions further in front.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindOwnRoom(uint point, int wanted)
    {
        long toUsual = 0;
        long toStart = 0;
        for (uint index = point; index != 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            int before = EmptiedRoom(ref header);
            if (before > 0)
            {
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
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UseOwnRoom(uint point, int wanted)
    {
        int beyond = wanted;
        for (uint index = point; index != 0; index = At(index).Next)
        {
            int before = EmptiedRoom(ref At(index));
            beyond -= before > 0 ? before - UsualHeadroom(ref At(index)) : 0;
        }

        for (uint index = point; index != 0 && wanted > 0; index = At(index).Next)
        {
            ref MbufHeader header = ref At(index);
            int before = EmptiedRoom(ref header);
            if (before > 0)
            {
                int into = Math.Clamp(beyond, 0, UsualHeadroom(ref header));
                int gain = before - UsualHeadroom(ref header) + into;
                header.EndPlaces(_cache.Hot.Memory.Step);
                header.Data -= gain;
                wanted -= gain;
                beyond -= into;
            }
        }

        Debug.Assert(wanted <= 0, "There is as much room as was found.");
    }

    internal partial int EmptiedRoom(ref MbufHeader header)
        => header.SegmentLength == 0 && header.IsPlainlyWritable ? OwnRoomBefore(ref header) : 0;
}
