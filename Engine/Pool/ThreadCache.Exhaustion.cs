using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// What can never be had, which is refused before anything is taken; and foreign code in the middle of an operation: callbacks and handlers that an exhausted allocation calls may enter a scope, and
/// that is one of this very cache. Its magazines are whole then, since an allocation calls nobody but between two items; what else the
/// operation has noted in the cache is put aside meanwhile.
/// </content>
internal sealed partial class ThreadCache
{
    private bool _isRaising;

    /// <summary>
    /// How many calls of foreign code this cache's operations are inside of, one in the other; the scope is not closed meanwhile. Visitors and
    /// transformers do not count: the operation that calls them has nothing in hand, and asks its claim again afterwards.
    /// </summary>
    private int _foreignCalls;

    /// <summary>From here on foreign code runs, and the scope is not closed.</summary>
    public void BeginForeignCall() => _foreignCalls++;

    /// <summary>It came back.</summary>
    public void EndForeignCall() => _foreignCalls--;

    /// <summary>Runs the callbacks, if it is their time. True if they were run.</summary>
    public bool TryReclaimFor(ZoneId zone)
    {
        SuspendedOperation suspended = SuspendOperation();
        try
        {
            return Arena.TryReclaimFor(zone);
        }
        finally
        {
            ResumeOperation(suspended);
        }
    }

    /// <summary>
    /// Tells of a request that nothing could grant, if it is time to; but not of one that a handler made which is being told.
    /// </summary>
    public void RaiseLimitReached(ZoneId zone)
    {
        if (_isRaising)
        {
            return;
        }

        SuspendedOperation suspended = SuspendOperation();
        _isRaising = true;
        try
        {
            Arena.RaiseLimitReached(zone);
        }
        finally
        {
            _isRaising = false;
            ResumeOperation(suspended);
        }
    }

    private SuspendedOperation SuspendOperation()
    {
        Debug.Assert(!Gathered.IsOn && !_isProbing, "Neither what frees many packets nor what probes zones calls foreign code.");
        var suspended = new SuspendedOperation(IsWaiting, Due);
        BeginForeignCall();
        IsWaiting = false;
        Due = default;
        return suspended;
    }

    private void ResumeOperation(SuspendedOperation suspended)
    {
        EndForeignCall();
        IsWaiting = suspended.IsWaiting;
        Due.AreHeld = suspended.Due.AreHeld;
        if (suspended.Due.First != 0)
        {
            Due.AddBack(in Hot.Memory, suspended.Due.First);
        }
    }

    /// <summary>What an operation goes on with afterwards.</summary>
    private readonly record struct SuspendedOperation(bool IsWaiting, DueRoutines Due);

    /// <summary>
    /// True if there are so many pairs of mbuf and cluster, which is enough for any operation that takes no more pieces than that.
    /// </summary>
    /// <param name="pieces">Pieces of at most 2 KiB, and the mbufs that are held meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAmple(long pieces) => pieces <= Arena.Zones[(int)ZoneId.Packet].Limit;

    /// <summary>Most pieces of 2 KiB that a number of bytes comes in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long MostPieces(int length) => ((uint)length / (uint)MbufClusterSize.Standard) + 1L;

    /// <summary>False, and denied, if <c>TryAddCopy</c> cannot succeed while a number of mbufs is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool CanEverCopy(int length, int held) => IsAmple(MostPieces(length) + held) || CanEverCopySlow(length, held);

    /// <summary>The same of <c>TryTakeRoom</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool CanEverTakeRoom(int length, int held) => IsAmple(MostPieces(length) + held) || CanEverTakeRoomSlow(length, held);

    /// <summary>The same of plain mbufs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool CanEverTakePlain(int count, int held) => IsAmple((long)count + held) || CanEverTake(ZoneId.Mbuf, count, 0, held);

    /// <summary>The same of mbufs of a zone, pairs or plain ones, and further plain ones.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool CanEverTake(ZoneId zone, long count, long plain, int held)
    {
        bool pairs = zone == ZoneId.Packet;
        return new Supply(this, held).TryTakePairs(pairs ? count : 0, pairs ? plain : count + plain) || DenyForGood(zone);
    }

    /// <summary>Counts a request as denied that would be so with everything free. Always false.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool DenyForGood(ZoneId zone)
    {
        CountDenied(zone);
        RaiseLimitReached(zone);
        return false;
    }

    /// <summary>The same of <c>TryTakePieces</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool CanEverTakePieces(int length, int piece, int held) => new Supply(this, held).TryTakePieces(length, piece)
        || DenyForGood(piece <= MbufSizes.InternalSize ? ZoneId.Mbuf : ZoneId.Packet);

    /// <summary>False if no limit allows an mbuf with a cluster for so many bytes; that is not counted here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool CanEverTakeCluster(int length) => new Supply(this, held: 0).TryTakeContiguous(length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool CanEverCopySlow(int length, int held) => new Supply(this, held).TryTakeCopy(length) || DenyForGood(ZoneId.Packet);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool CanEverTakeRoomSlow(int length, int held) => new Supply(this, held).TryTakeRoom(length) || DenyForGood(ZoneId.Packet);
}

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
        for (int zone = 0; zone <= (int)ClusterKind.Largest; zone++)
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
        int largest = Math.Min(length / MbufSizes.MaximumContiguous, _left[(int)ClusterKind.Largest]);
        int left = length - (largest * MbufSizes.MaximumContiguous);
        if (!TryTake(ClusterKind.Largest, largest) || !TryTake(ZoneId.Mbuf, largest))
        {
            return false;
        }

        return (left == 0 && largest > 0)
            || (left > _storages[(int)ZoneId.Cluster].Size && left <= MbufSizes.MaximumContiguous && TryTakeLarge(left))
            || TryTakeRoom(left);
    }

    /// <summary>
    /// One mbuf with contiguous room: in its own buffer, or in the cluster that <c>TryTakeCluster</c> finds.
    /// </summary>
    public bool TryTakeContiguous(int length) => length <= MbufSizes.InternalSize ? TryTakePlain(1) : TryTakeLarge(length);

    /// <summary>One mbuf with the smallest cluster that holds so many bytes behind its headroom, or else with it.</summary>
    private bool TryTakeLarge(int length)
    {
        for (ZoneId zone = ZoneId.Cluster; zone <= ClusterKind.Largest; zone++)
        {
            if (_storages[(int)zone].Size >= length && TryTake(zone, 1))
            {
                return TryTakePlain(1);
            }
        }

        for (ZoneId zone = ZoneId.Cluster; zone <= ClusterKind.Largest; zone++)
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
    [InlineArray((int)ClusterKind.Largest + 1)]
    private struct Items
    {
        private int _first;
    }
}
