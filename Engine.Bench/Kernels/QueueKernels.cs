namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Queues of packets, linked through the packets.</summary>
internal sealed class QueueKernels : KernelSetting
{
    private readonly MbufQueue _queue;
    private readonly MbufQueue _other;

    public QueueKernels()
    {
        _queue = new MbufQueue(Arena, 2 * Work.Burst);
        _other = new MbufQueue(Arena);
    }

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<QueueKernels>(
            "enqueue-dequeue", "a packet put on a queue, and taken off",
            static (on, count) => on.Pass(count)),
        Kernel.Of<QueueKernels>(
            "enqueue32-drain", "32 packets allocated, enqueued, and freed in the queue",
            static (on, count) => on.Drain(count)),
        Kernel.Of<QueueKernels>(
            "queue-join", "a packet enqueued, its queue joined to another, dequeued",
            static (on, count) => on.Join(count)),
    ];

    private void Pass(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(_queue.TryEnqueue(packet) && _queue.TryDequeue(mbufs, out packet));
        }

        packet.Free();
    }

    private void Drain(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < Work.Burst; k++)
            {
                Require(_queue.TryEnqueue(mbufs.AllocatePacket()));
            }

            Require(_queue.Drain(mbufs) == Work.Burst);
        }
    }

    private void Join(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(_other.TryEnqueue(packet));
            _queue.Append(mbufs, _other);
            Require(_queue.TryDequeue(mbufs, out packet));
        }

        packet.Free();
    }
}
