using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>What can never be had is denied at once: no zone is emptied and no callback runs to find that out.</content>
/// <remarks>
/// First comes a rough count, one comparison, that is enough in an arena of usual size; where it leaves doubt, <see cref="Supply"/> is
/// asked, in calls of their own, so that nobody else pays for its zeroed memory.
/// </remarks>
public sealed partial class MbufCache
{
    /// <summary>
    /// True if there are so many pairs of mbuf and cluster, which is enough for any operation that takes no more pieces than that.
    /// </summary>
    /// <param name="pieces">Pieces of at most 2 KiB, and the mbufs that are held meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsAmple(long pieces) => pieces <= Arena.Zones[(int)ZoneId.Packet].Limit;

    /// <summary>Most pieces of 2 KiB that a number of bytes comes in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long MostPieces(int length) => ((uint)length / (uint)MbufClusterSize.Standard) + 1L;

    /// <summary>False, and denied, if <see cref="TryAddCopy"/> cannot succeed while a number of mbufs is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CanEverCopy(int length, int held) => IsAmple(MostPieces(length) + held) || CanEverCopySlow(length, held);

    /// <summary>The same of <see cref="TryTakeRoom"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool CanEverTakeRoom(int length, int held) => IsAmple(MostPieces(length) + held) || CanEverTakeRoomSlow(length, held);

    /// <summary>The same of plain mbufs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CanEverTakePlain(int count, int held) => IsAmple((long)count + held) || CanEverTake(ZoneId.Mbuf, count, 0, held);

    /// <summary>The same of mbufs of a zone, pairs or plain ones, and further plain ones.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool CanEverTake(ZoneId zone, long count, long plain, int held)
    {
        bool pairs = zone == ZoneId.Packet;
        return new Supply(this, held).TryTakePairs(pairs ? count : 0, pairs ? plain : count + plain) || DenyForEver(zone);
    }

    /// <summary>Counts a request as denied that would be so with everything free. Always false.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool DenyForEver(ZoneId zone)
    {
        CountMiss(zone);
        NoteLimit(zone);
        return false;
    }

    /// <summary>The same of <see cref="TryTakePieces"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverTakePieces(int length, int piece, int held) => new Supply(this, held).TryTakePieces(length, piece)
        || DenyForEver(piece <= MbufSizes.InternalSize ? ZoneId.Mbuf : ZoneId.Packet);

    /// <summary>False if no limit allows an mbuf with a cluster for so many bytes; that is not counted here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverTakeCluster(int length) => new Supply(this, held: 0).TryTakeContiguous(length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverCopySlow(int length, int held) => new Supply(this, held).TryTakeCopy(length) || DenyForEver(ZoneId.Packet);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CanEverTakeRoomSlow(int length, int held) => new Supply(this, held).TryTakeRoom(length) || DenyForEver(ZoneId.Packet);
}
