namespace Engine.Mbufs.Bench.Operations;

/// <summary>Queues of packets, linked through the packets.</summary>
internal sealed class QueueOperations : Setting
{
    private readonly MbufQueue _queue;
    private readonly MbufQueue _other;

    private QueueOperations(MbufArenaOptions options)
        : base(options)
    {
        _queue = new MbufQueue(Arena, 2 * Sizes.Burst);
        _other = new MbufQueue(Arena);
    }

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("enqueue-dequeue", "a packet put on a queue, and taken off", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Require(on._queue.TryEnqueue(packet) && on._queue.TryDequeue(mbufs, out packet));
            }

            packet.Free();
        }),
        Of("enqueue32-drain", "32 packets allocated, enqueued, and freed in the queue", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                for (int k = 0; k < Sizes.Burst; k++)
                {
                    Require(on._queue.TryEnqueue(mbufs.AllocatePacket()));
                }

                Require(on._queue.Drain(mbufs) == Sizes.Burst);
            }
        }),
        Of("queue-join", "a packet enqueued, its queue joined to another, dequeued", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Require(on._other.TryEnqueue(packet));
                on._queue.Append(mbufs, on._other);
                Require(on._queue.TryDequeue(mbufs, out packet));
            }

            packet.Free();
        }),
    ];

    private static Operation Of(string name, string text, Action<QueueOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new QueueOperations(options), body);
}

/// <summary>Claims that change hands.</summary>
internal sealed class HandleOperations(MbufArenaOptions options) : Setting(options)
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("detach-open", "a packet made a handle, and a packet again", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Mbuf handle = packet.Detach();
                packet = mbufs.Open(handle);
            }

            packet.Free();
        }),
    ];

    private static Operation Of(string name, string text, Action<HandleOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new HandleOperations(options), body);
}

/// <summary>The fields of the packet header, those that are always there and those that are rarely used.</summary>
internal sealed class HeaderFieldOperations(MbufArenaOptions options) : Setting(options)
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("fields", "four fields of the packet header set, and read", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                packet.ReceiveInterface = 3;
                packet.ChecksumFlags = MbufChecksumFlags.IPv4 | MbufChecksumFlags.Tcp;
                packet.ChecksumData = (uint)i;
                packet.FlowId = (uint)i;
                Require(packet.ReceiveInterface == 3
                    && packet.FlowId == packet.ChecksumData
                    && packet.PacketLength == packet.Length);
            }
        }),
        Of("fields-cold", "packet with a VLAN tag, header lengths and a timestamp: made, set, freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                packet.VlanTag = 7;
                packet.Layer2HeaderLength = 18;
                packet.Layer3HeaderLength = 20;
                packet.ReceiveTimestamp = (ulong)i;
                Require(packet.VlanTag == 7);
                packet.Free();
            }
        }),
        Of("copy-header", "packet header copied to another packet", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            packet.FlowId = 1;
            for (int i = 0; i < count; i++)
            {
                MbufChain copy = mbufs.AllocatePacketWithoutCluster();
                Require(copy.TryCopyPacketHeaderFrom(packet));
                copy.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<HeaderFieldOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new HeaderFieldOperations(options), body);
}
