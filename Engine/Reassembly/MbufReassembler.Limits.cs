namespace Engine.Mbufs;

/// <content>Who gives way, and to whom; and what becomes of what gave way.</content>
public sealed partial class MbufReassembler
{
    /// <summary>
    /// Makes room for one more packet: at its source's share by that source's oldest, at the maximum by the oldest of the source
    /// that has the most; where all have one, by the oldest of all.
    /// </summary>
    private void MakeRoomForPacket(MbufCache cache, in FragmentKey key)
    {
        int source = _packets.Sources.Find(key.Source);
        if (source != 0 && _packets.Sources[source].Packets >= _mostPacketsOfSource)
        {
            Evict(cache, _packets.OldestOf(source));
        }

        if (_packets.IsFull)
        {
            Evict(cache, _packets.OldestOf(_packets.Sources.ByPackets.First));
        }
    }

    /// <summary>
    /// Makes room for mbufs of a packet in the same way. False if it is the packet itself that is to give way, or if it can never
    /// have so many.
    /// </summary>
    private bool TryMakeRoom(MbufCache cache, int held, int mbufs)
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
            if (!TryEvict(cache, _packets.OldestOf(_packets.Sources.ByMbufs.First), held))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryEvict(MbufCache cache, int packet, int spared)
    {
        if (packet == spared)
        {
            return false;
        }

        Evict(cache, packet);
        return true;
    }

    /// <summary>Drops what is held of a packet, and forgets it.</summary>
    private void Evict(MbufCache cache, int held)
    {
        _evicted++;
        DropFragments(cache, held);
        Forget(held);
    }

    /// <summary>Drops what is held of a packet, and remembers that.</summary>
    private void Abandon(MbufCache cache, int held)
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

    private void DropFragments(MbufCache cache, int held)
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
