namespace Engine.Mbufs.Bench.Measure;

/// <content>Checksums of packets that are there already.</content>
internal sealed partial class EngineSide
{
    private const int LongRepetition = 64;

    private Repetitions Checksum(int segments, int length, int repetition)
    {
        // Its own arena: the packet is what is measured, and the large clusters are needed by no other work.
        var arena = new MbufArena(new MbufArenaOptions { Mbufs = 256, Clusters = 64, Jumbo16Clusters = 8 });
        _others.Add(arena);
        MbufScope mbufs = arena.Enter();
        MbufChain packet = mbufs.AllocateContiguousPacket(length);
        Fill(packet, length);
        for (int i = 1; i < segments; i++)
        {
            MbufChain segment = mbufs.AllocateContiguous(length);
            Fill(segment, length);
            packet.Append(segment);
        }

        Mbuf handle = packet.Detach();
        mbufs.Dispose();
        return new Repetitions(count => handle = Sum(arena, handle, count), repetition);
    }

    private static Mbuf Sum(MbufArena arena, Mbuf handle, int count)
    {
        using MbufScope mbufs = arena.Enter();
        MbufChain packet = mbufs.Open(handle);
        int length = packet.Length;
        for (int i = 0; i < count; i++)
        {
            if (!packet.TryComputeChecksum(0, length, out _))
            {
                throw new BenchException("A checksum was refused.");
            }
        }

        return packet.Detach();
    }

    private static void Fill(MbufChain chain, int length)
    {
        if (!chain.TryExtend(length, out Span<byte> room))
        {
            throw new BenchException("The arena is smaller than the packet.");
        }

        new Random(length).NextBytes(room);
    }
}
