using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>What can never be had is denied at once: no zone is emptied and no callback runs to find that out.</content>
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
    internal static long MostPieces(long length) => (length / (int)MbufClusterSize.Standard) + 1;

    /// <summary>False, and denied, if <see cref="TryAddCopy"/> cannot succeed while a number of mbufs is held.</summary>
    internal bool CanEverCopy(int length, int held)
        => IsAmple(MostPieces(length) + held) || new Supply(this, held).TryTakeCopy(length) || DenyForEver(ZoneId.Packet);

    /// <summary>The same of plain mbufs.</summary>
    internal bool CanEverTakePlain(long count, int held)
        => count <= (long)Arena.Zones[(int)ZoneId.Mbuf].Limit - held || DenyForEver(ZoneId.Mbuf);

    /// <summary>The same of mbufs of a zone, pairs or plain ones, and further plain ones.</summary>
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
        Arena.NoteLimit(zone);
        return false;
    }
}
