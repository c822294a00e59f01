namespace Engine.Mbufs.Tests.Model;

/// <content>Queues: one with a limit, one without.</content>
internal sealed partial class Churn
{
    private const int MostQueued = 20;

    private readonly ModelQueue[] _queues;

    private Outcome Enqueue(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ModelQueue queue = PickQueue();
        bool isFull = queue.IsFull;
        Require(queue.Queue.TryEnqueue(chain) == !isFull && chain.IsOwned == isFull, "A packet is taken, or stays the caller's.");
        if (isFull)
        {
            queue.Drops++;
            return Refused(packet, chain, possible: false);
        }

        _packets.Remove(packet);
        queue.Packets.Add(packet);
        return Done(queue);
    }

    /// <summary>At the head, whatever the limit.</summary>
    private Outcome EnqueueFirst(in MbufScope mbufs)
    {
        ModelQueue queue = PickQueue();
        if (queue.Packets.Count > MostQueued || Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        queue.Queue.EnqueueFirst(chain);
        Require(!chain.IsOwned, "The packet is the queue's.");
        _packets.Remove(packet);
        queue.Packets.Insert(0, packet);
        return Done(queue);
    }

    /// <summary>All packets of one queue behind those of another.</summary>
    private Outcome AppendQueue(in MbufScope mbufs)
    {
        int number = Noted(_random.Next(_queues.Length));
        ModelQueue queue = _queues[number];
        ModelQueue other = _queues[^(number + 1)];
        queue.Queue.Append(mbufs, other.Queue);
        queue.Packets.AddRange(other.Packets);
        other.Packets.Clear();
        other.Compare();
        return Done(queue);
    }

    /// <summary>The packets at both ends, which stay where they are.</summary>
    private Outcome PeekQueue(in MbufScope mbufs)
    {
        ModelQueue queue = PickQueue();
        bool isThere = queue.Packets.Count > 0;
        Require(queue.Queue.TryPeekFirst(mbufs, out MbufPosition first) == isThere, "The first packet is seen, if there is one.");
        Require(queue.Queue.TryPeekLast(mbufs, out MbufPosition last) == isThere, "The last packet is seen, if there is one.");
        if (!isThere)
        {
            return Outcome.OutOfReach;
        }

        RequirePeeked(first, queue.Packets[0]);
        RequirePeeked(last, queue.Packets[^1]);
        return Done(queue);
    }

    private static void RequirePeeked(MbufPosition position, ModelPacket packet)
    {
        Require(position.Remaining == packet.Length && position.Flags.HasFlag(packet.Flags), "It is the packet at that end.");
        int offset = 0;
        bool isMore = true;
        for (; isMore; isMore = position.TryGetNext(out position))
        {
            Require(packet.Bytes.Span[offset..].StartsWith(position.Segment), "Its bytes are seen.");
            offset += position.Segment.Length;
        }

        Require(offset == packet.Length, "All of its bytes are seen.");
    }

    private Outcome Dequeue(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        ModelQueue queue = PickQueue();
        bool isThere = queue.Packets.Count > 0;
        Require(queue.Queue.TryDequeue(mbufs, out MbufChain chain) == isThere && chain.IsNull != isThere, "What is there is handed out.");
        if (!isThere)
        {
            return Outcome.OutOfReach;
        }

        ModelPacket packet = queue.Packets[0];
        queue.Packets.RemoveAt(0);
        Add(packet, chain);
        return Done(queue);
    }

    private Outcome DrainQueue(in MbufScope mbufs)
    {
        if (!OneIn(4))
        {
            return Outcome.Idle;
        }

        ModelQueue queue = PickQueue();
        Require(queue.Queue.Drain(mbufs) == queue.Packets.Count, "As many packets are drained as were in the queue.");
        queue.Packets.ForEach(_unused.Push);
        queue.Packets.Clear();
        return Done(queue);
    }

    private ModelQueue PickQueue() => _queues[Noted(_random.Next(_queues.Length))];

    private static Outcome Done(ModelQueue queue)
    {
        queue.Compare();
        return Outcome.Done;
    }
}
