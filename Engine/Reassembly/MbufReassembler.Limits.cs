namespace Engine.Mbufs.Wire;

/// <content>Who gives way, and to whom; and what becomes of what gave way.</content>
public sealed partial class MbufReassembler
{
    /// <summary>
    /// How long a packet is held at the cost of others when all room is taken: fragments that were sent together are not so far
    /// apart. Else a few forged fragments, which stay for as long as the timeout, would keep all room taken.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes room for one more packet: at its source's share by that source's oldest, at the maximum by who gives way.
    /// </summary>
    private void MakeRoomForPacket(ThreadCache cache, in FragmentKey key, long now)
    {
        int source = _packets.Sources.Find(key.Source);
        if (source != 0 && _packets.Sources[source].Packets >= _mostPacketsOfSource)
        {
            Evict(cache, _packets.OldestOf(source));
        }

        if (_packets.IsFull)
        {
            Evict(cache, WhoGivesWay(_packets.Sources.ByPackets, now));
        }
    }

    /// <summary>
    /// Makes room for mbufs of a packet in the same way. False if it is the packet itself that is to give way, or if it can never
    /// have so many.
    /// </summary>
    private bool TryMakeRoom(ThreadCache cache, int held, int mbufs, long now)
    {
        int source = _packets[held].Source;
        if (mbufs > _mostMbufsOfSource)
        {
            return false;
        }

        while (_packets.Sources[source].Mbufs > _mostMbufsOfSource - mbufs)
        {
            if (!TryEvict(cache, _packets.OldestOf(source), held))
            {
                return false;
            }
        }

        while (_packets.Mbufs > _mostMbufs - mbufs)
        {
            if (!TryEvict(cache, WhoGivesWay(_packets.Sources.ByMbufs, now), held))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The packet that goes when all room is taken: the oldest, if it has waited for long; else the oldest of the source that has
    /// the most, which is the oldest of all where none has much.
    /// </summary>
    private int WhoGivesWay(SourceRanking ranking, long now)
    {
        int oldest = _packets.Oldest();
        return now - _packets[oldest].Came >= _patience ? oldest : _packets.OldestOf(ranking.First);
    }

    private bool TryEvict(ThreadCache cache, int packet, int spared)
    {
        if (packet == spared)
        {
            return false;
        }

        Evict(cache, packet);
        return true;
    }

    /// <summary>Drops what is held of a packet, and forgets it.</summary>
    private void Evict(ThreadCache cache, int held)
    {
        _evicted++;
        DropFragments(cache, held);
        Forget(held);
    }

    /// <summary>Drops what is held of a packet, and remembers that.</summary>
    private void Abandon(ThreadCache cache, int held)
    {
        DropFragments(cache, held);
        _packets.CountMbufs(held, -_packets[held].Mbufs);
        _packets.Abandon(held);
    }

    /// <summary>Forgets a packet whose fragments are no longer held.</summary>
    private void Forget(int held)
    {
        _packets.CountMbufs(held, -_packets[held].Mbufs);
        _packets.Remove(held);
    }

    private void DropFragments(ThreadCache cache, int held)
    {
        ref HeldPacket packet = ref _packets[held];
        while (packet.Fragments > 0)
        {
            MbufChain fragment = View(cache, _fragments.TakeFirst(ref packet).Handle);
            cache.FreeQuietly(ref fragment.VerifiedHead(), fragment.Index);
            _droppedFragments++;
        }
    }
}
