namespace Engine.Mbufs;

/// <content>High-water marks, and what is in use at a moment: derived from what is free, so that nothing is counted for each packet.</content>
public sealed partial class MbufArena
{
    /// <summary>
    /// Raises the high-water marks that a zone's traffic can raise. Called when a magazine changes hands, so that nothing is
    /// counted for each packet; what lies in magazines counts as out.
    /// </summary>
    internal void NoteHighWater(ZoneId zone)
    {
        if (zone is ZoneId.Mbuf or ZoneId.Cluster or ZoneId.Packet)
        {
            int pairs = Zones[(int)ZoneId.Packet].InDepot;
            Zones[(int)ZoneId.Mbuf].NoteOutside(pairs);
            Zones[(int)ZoneId.Cluster].NoteOutside(pairs);
        }
        else
        {
            Zones[(int)zone].NoteOutside(0);
        }
    }

    private int CurrentMbufs()
        => Math.Max(0, Zones[(int)ZoneId.Mbuf].Admitted - CountFree(ZoneId.Mbuf) - CountFree(ZoneId.Packet));

    /// <summary>Free items of a zone that were carved: in the depot, in quarantine and in the caches' magazines.</summary>
    internal int CountFree(ZoneId zone)
    {
        int free = Zones[(int)zone].InDepot + (Quarantine?.Count(zone) ?? 0);
        for (int number = 0; number < _cacheCount; number++)
        {
            free += _caches[number]!.FreeCount(zone);
        }

        return free;
    }
}
