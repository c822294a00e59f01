namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Queues of packets.</summary>
internal static class QueueOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["mbufq_init"] = Initialize,
        ["mbufq_enqueue"] = Enqueue,
        ["mbufq_prepend"] = EnqueueFirst,
        ["mbufq_dequeue"] = Dequeue,
        ["mbufq_concat"] = Append,
        ["mbufq_len"] = Count,
        ["mbufq_first"] = First,
        ["mbufq_last"] = Last,
        ["mbufq_drain"] = Drain,
    };

    private static void Initialize(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Queue();
        step.Machine.InitializeQueue(place, step.Line.Count());
        step.ShowQueue(place);
    }

    private static void Enqueue(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Queue();
        MbufChain packet = step.Subject(mbufs, out int register);
        bool taken = step.Machine.Queue(place).TryEnqueue(packet);
        step.Key("ret", taken ? "0" : "ENOBUFS");
        step.PutAndShow(mbufs, register, taken ? default : packet);
        step.ShowQueue(place);
    }

    private static void EnqueueFirst(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Queue();
        step.Machine.Queue(place).EnqueueFirst(step.Subject(mbufs, out _));
        step.ShowQueue(place);
    }

    private static void Dequeue(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Queue();
        int register = step.Destination();
        _ = step.Machine.Queue(place).TryDequeue(mbufs, out MbufChain packet);
        step.Deliver(mbufs, register, packet);
        step.ShowQueue(place);
    }

    private static void Append(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Queue();
        int other = step.Line.Queue();
        step.Machine.Queue(place).Append(mbufs, step.Machine.Queue(other));
        step.ShowQueue(place);
        step.ShowQueue(other);
    }

    private static void Count(TraceStep step, in MbufScope mbufs)
    {
        MbufQueue queue = step.Machine.Queue(step.Line.Queue());
        step.Key("ret", queue.Count);
        step.Key("full", queue.IsFull);
        step.Key("first", queue.TryPeekFirst(mbufs, out _) ? "ok" : "null");
        step.Key("last", queue.TryPeekLast(mbufs, out _) ? "ok" : "null");
    }

    private static void First(TraceStep step, in MbufScope mbufs)
    {
        bool found = step.Machine.Queue(step.Line.Queue()).TryPeekFirst(mbufs, out MbufPosition packet);
        ShowLength(step, found, packet);
    }

    private static void Last(TraceStep step, in MbufScope mbufs)
    {
        bool found = step.Machine.Queue(step.Line.Queue()).TryPeekLast(mbufs, out MbufPosition packet);
        ShowLength(step, found, packet);
    }

    private static void ShowLength(TraceStep step, bool found, MbufPosition packet)
    {
        step.Returns(found);
        if (found)
        {
            step.Key("len", packet.Remaining);
        }
    }

    private static void Drain(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Queue();
        _ = step.Machine.Queue(place).Drain(mbufs);
        step.ShowQueue(place);
    }
}
