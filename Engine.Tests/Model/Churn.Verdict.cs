namespace Engine.Mbufs.Tests.Model;

/// <content>How a step begins and ends: the state before it, and what a refusal must have left.</content>
internal sealed partial class Churn
{
    private readonly ChainSnapshot _before = new();
    private readonly ChainSnapshot _otherBefore = new();
    private long _deniedBefore;
    private long _struckBefore;

    /// <summary>Opens the packet that a step is about, and remembers its layout.</summary>
    private MbufChain Begin(in MbufScope mbufs, ModelPacket packet)
    {
        Note(packet.Number);
        Note(packet.Length);
        packet.IsOpen = true;
        MbufChain chain = mbufs.Open(packet.Handle);
        _before.Take(chain);
        Watch(packet, chain);
        CountFailures();
        return chain;
    }

    /// <summary>Opens a second packet.</summary>
    private MbufChain BeginOther(in MbufScope mbufs, ModelPacket packet)
    {
        Note(packet.Number);
        Note(packet.Length);
        packet.IsOpen = true;
        MbufChain chain = mbufs.Open(packet.Handle);
        _otherBefore.Take(chain);
        return chain;
    }

    /// <summary>From here on, what is denied is this step's.</summary>
    private void CountFailures()
    {
        _deniedBefore = Denied();
        _struckBefore = Struck();
    }

    private Outcome Done(ModelPacket packet, MbufChain chain)
    {
        Close(packet, chain);
        return Outcome.Done;
    }

    /// <summary>An operation that was refused, and that the packet would have allowed or not: it is as it was in both cases.</summary>
    private Outcome Refused(ModelPacket packet, MbufChain chain, bool possible)
    {
        _before.AssertUnchanged(chain);
        if (possible)
        {
            RequireFailure();
        }

        Close(packet, chain);
        return possible ? Outcome.Exhausted : Outcome.OutOfReach;
    }

    private Outcome Exhausted(ModelPacket packet, MbufChain chain) => Refused(packet, chain, possible: true);

    /// <summary>The same for an operation on two packets.</summary>
    private Outcome Exhausted(ModelPacket packet, MbufChain chain, ModelPacket other, MbufChain otherChain)
    {
        _otherBefore.AssertUnchanged(otherChain);
        Close(other, otherChain);
        return Exhausted(packet, chain);
    }

    private void RequireFailure()
        => Require(Denied() > _deniedBefore || Struck() > _struckBefore, "Memory was refused, and nothing was denied.");

    /// <summary>A refused allocation of a single mbuf, with a cluster or without: there is none, or stress says so.</summary>
    private Outcome NoMbuf(MbufZone? cluster = null)
    {
        RequireFailure();
        if (Struck() > _struckBefore || CountMbufs() == _arena.GetLimit(MbufZone.Mbufs))
        {
            return Outcome.Exhausted;
        }

        Require(cluster is not null, "An mbuf was refused, and one is free.");
        MbufStatistics statistics = _arena.GetStatistics();
        MbufZoneStatistics zone = cluster switch
        {
            MbufZone.Clusters => statistics.Clusters,
            MbufZone.PageClusters => statistics.PageClusters,
            MbufZone.Jumbo9Clusters => statistics.Jumbo9Clusters,
            _ => statistics.Jumbo16Clusters,
        };
        Require(zone.Current == zone.Limit, "A cluster was refused, and one is free.");
        return Outcome.Exhausted;
    }

    private long Denied()
    {
        long denied = 0;
        foreach (Zone zone in _arena.Zones)
        {
            denied += zone.Denied;
        }

        return denied;
    }

    private long Struck() => _arena.Stress.AllocationFailures + _arena.Stress.DefragmentFailures;

    /// <summary>The model's mbufs: those of packets, in queues and outside, and tags.</summary>
    private int CountMbufs()
    {
        int mbufs = _tags.Count;
        foreach (ModelPacket packet in _packets)
        {
            mbufs += packet.Segments + packet.Tags.Count;
        }

        foreach (ModelQueue queue in _queues)
        {
            foreach (ModelPacket packet in queue.Packets)
            {
                mbufs += packet.Segments + packet.Tags.Count;
            }
        }

        return mbufs;
    }

    /// <summary>A model for a packet that is about to come; not in the pool yet.</summary>
    private ModelPacket NewPacket(bool hasHeader)
    {
        ModelPacket packet = _unused.TryPop(out ModelPacket? unused) ? unused : new ModelPacket();
        packet.Number = ++_packetNumber;
        packet.Start(hasHeader);
        return packet;
    }

    /// <summary>Puts a new packet into the pool.</summary>
    private void Add(ModelPacket packet, MbufChain chain)
    {
        Close(packet, chain);
        _packets.Add(packet);
    }

    private void Remove(ModelPacket packet)
    {
        packet.IsOpen = false;
        _packets.Remove(packet);
        _unused.Push(packet);
    }

    private bool IsFull => _packets.Count >= _settings.MostPackets;
}
