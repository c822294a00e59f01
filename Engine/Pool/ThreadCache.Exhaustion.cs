using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// Foreign code in the middle of an operation: callbacks and handlers that an exhausted allocation calls may enter a scope, and
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
    internal void BeginForeignCall() => _foreignCalls++;

    /// <summary>It came back.</summary>
    internal void EndForeignCall() => _foreignCalls--;

    /// <summary>Runs the callbacks, if it is their time. True if they were run.</summary>
    internal bool TryReclaimFor(ZoneId zone)
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
    internal void RaiseLimitReached(ZoneId zone)
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
    internal bool IsAmple(long pieces) => pieces <= Arena.Zones[(int)ZoneId.Packet].Limit;

    /// <summary>Most pieces of 2 KiB that a number of bytes comes in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long MostPieces(int length) => ((uint)length / (uint)MbufClusterSize.Standard) + 1L;

    /// <summary>False, and denied, if <c>TryAddCopy</c> cannot succeed while a number of mbufs is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CanEverCopy(int length, int held) => IsAmple(MostPieces(length) + held) || CanEverCopySlow(length, held);

    /// <summary>The same of <c>TryTakeRoom</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CanEverTakeRoom(int length, int held) => IsAmple(MostPieces(length) + held) || CanEverTakeRoomSlow(length, held);

    /// <summary>The same of plain mbufs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CanEverTakePlain(int count, int held) => IsAmple((long)count + held) || CanEverTake(ZoneId.Mbuf, count, 0, held);

    /// <summary>The same of mbufs of a zone, pairs or plain ones, and further plain ones.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool CanEverTake(ZoneId zone, long count, long plain, int held)
    {
        bool pairs = zone == ZoneId.Packet;
        return new Supply(this, held).TryTakePairs(pairs ? count : 0, pairs ? plain : count + plain) || DenyForGood(zone);
    }

    /// <summary>Counts a request as denied that would be so with everything free. Always false.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool DenyForGood(ZoneId zone)
    {
        CountDenied(zone);
        RaiseLimitReached(zone);
        return false;
    }

    /// <summary>The same of <c>TryTakePieces</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool CanEverTakePieces(int length, int piece, int held) => new Supply(this, held).TryTakePieces(length, piece)
        || DenyForGood(piece <= MbufSizes.InternalSize ? ZoneId.Mbuf : ZoneId.Packet);

    /// <summary>False if no limit allows an mbuf with a cluster for so many bytes; that is not counted here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool CanEverTakeCluster(int length) => new Supply(this, held: 0).TryTakeContiguous(length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool CanEverCopySlow(int length, int held) => new Supply(this, held).TryTakeCopy(length) || DenyForGood(ZoneId.Packet);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool CanEverTakeRoomSlow(int length, int held) => new Supply(this, held).TryTakeRoom(length) || DenyForGood(ZoneId.Packet);
}
