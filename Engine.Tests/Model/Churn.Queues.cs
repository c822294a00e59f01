namespace Engine.Mbufs.Tests.Model;

/// <content>Queues: one with a limit, one without.</content>
internal sealed partial class Churn
{
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
