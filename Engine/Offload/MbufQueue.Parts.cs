namespace Engine.Mbufs;

/// <content>Packets that were cut: all of their parts at once.</content>
public sealed partial class MbufQueue
{
    /// <summary>The head of a packet that is to be put in, which has a packet header and belongs to the queue's arena.</summary>
    internal ref MbufHeader HeadOfPacket(MbufChain packet)
    {
        ref MbufHeader head = ref HeadToEnqueue(packet);
        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            ThrowHelper.NoPacketHeader();
        }

        return ref head;
    }

    /// <summary>True if the limit lets so many packets in.</summary>
    internal bool HasRoomFor(int packets) => Limit == 0 || Count <= Limit - packets;

    /// <summary>
    /// Puts packets that are linked already at the tail, which are all parts of the first one. Only that was claimed by anyone.
    /// </summary>
    internal void AddParts(MbufCache cache, uint first, uint last, int count, long length)
    {
        cache.Hot.Memory.Header(first).Generation += cache.Hot.Step;
        if (_first == 0)
        {
            _first = first;
        }
        else
        {
            cache.Hot.Memory.Header(_last).NextPacket = first;
        }

        _last = last;
        Count += count;
        Length += length;
    }
}
