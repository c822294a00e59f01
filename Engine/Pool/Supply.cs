using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// What all of an arena could give, were it free: an operation that takes many items goes through its demands here first, so that
/// what can never be had is refused before anything is taken.
/// </summary>
/// <remarks>
/// Each method stands for the one of <see cref="ThreadCache"/> that takes the same, and has to choose as that one does. Nothing is
/// refused that the arena could grant with everything free, and what is granted here it then can. O(1), whatever the length.
/// </remarks>
internal struct Supply
{
    private readonly StorageLayout[] _storages;
    private Items _left;

    /// <param name="cache">A cache of the arena.</param>
    /// <param name="held">Mbufs that the caller keeps meanwhile: they are nobody's to take.</param>
    public Supply(ThreadCache cache, int held)
    {
        _storages = cache.Arena.Layout.Storages;
        for (int zone = 0; zone <= (int)ZoneId.Jumbo16; zone++)
        {
            _left[zone] = cache.Arena.Zones[zone].Limit; // As it is now: it may have been lowered.
        }

        _left[(int)ZoneId.Mbuf] -= held;
    }

    /// <summary>Plain mbufs.</summary>
    public bool TryTakePlain(long count) => TryTake(ZoneId.Mbuf, count);

    /// <summary>Mbufs with a 2 KiB cluster each, and plain ones.</summary>
    public bool TryTakePairs(long pairs, long plain) => TryTake(ZoneId.Cluster, pairs) && TryTake(ZoneId.Mbuf, pairs + plain);

    /// <summary><c>TryTakeRoom</c>.</summary>
    public bool TryTakeRoom(long length) => TryTakePieces(length, _storages[(int)ZoneId.Cluster].Size);

    /// <summary><c>TryTakePieces</c>.</summary>
    public bool TryTakePieces(long length, int piece)
    {
        long whole = length / piece;
        long rest = length - (whole * piece);
        long others = rest > 0 || whole == 0 ? 1 : 0;
        bool isRestPlain = rest <= MbufSizes.InternalSize;
        return piece <= MbufSizes.InternalSize
            ? TryTakePlain(whole + others)
            : TryTakePairs(whole + (isRestPlain ? 0 : others), isRestPlain ? others : 0);
    }

    /// <summary><c>TryAddCopy</c>.</summary>
    public bool TryTakeCopy(int length)
    {
        int largest = Math.Min(length / MbufSizes.LargestContiguous, _left[(int)ZoneId.Jumbo16]);
        int left = length - (largest * MbufSizes.LargestContiguous);
        if (!TryTake(ZoneId.Jumbo16, largest) || !TryTake(ZoneId.Mbuf, largest))
        {
            return false;
        }

        return (left == 0 && largest > 0)
            || (left > _storages[(int)ZoneId.Cluster].Size && left <= MbufSizes.LargestContiguous && TryTakeLarge(left))
            || TryTakeRoom(left);
    }

    /// <summary>
    /// One mbuf with contiguous room: in its own buffer, or in the cluster that <c>TryTakeCluster</c> finds.
    /// </summary>
    public bool TryTakeContiguous(int length) => length <= MbufSizes.InternalSize ? TryTakePlain(1) : TryTakeLarge(length);

    /// <summary>One mbuf with the smallest cluster that holds so many bytes behind its headroom, or else with it.</summary>
    private bool TryTakeLarge(int length)
    {
        for (ZoneId zone = ZoneId.Cluster; zone <= ZoneId.Jumbo16; zone++)
        {
            if (_storages[(int)zone].Size >= length && TryTake(zone, 1))
            {
                return TryTakePlain(1);
            }
        }

        for (ZoneId zone = ZoneId.Cluster; zone <= ZoneId.Jumbo16; zone++)
        {
            if (_storages[(int)zone].Capacity >= length && TryTake(zone, 1))
            {
                return TryTakePlain(1);
            }
        }

        return false;
    }

    private bool TryTake(ZoneId zone, long count)
    {
        bool enough = count <= _left[(int)zone];
        if (enough)
        {
            _left[(int)zone] -= (int)count;
        }

        return enough;
    }

    /// <summary>By zone: mbufs, and the four sizes of clusters.</summary>
    [InlineArray((int)ZoneId.Jumbo16 + 1)]
    private struct Items
    {
        private int _first;
    }
}
