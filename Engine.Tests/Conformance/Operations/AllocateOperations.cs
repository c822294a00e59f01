namespace Engine.Mbufs.Tests.Conformance;

/// <summary>One mbuf, with a cluster or without.</summary>
internal static class AllocateOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_get"] = Plain,
        ["MGET"] = Plain,
        ["m_gethdr"] = Header,
        ["MGETHDR"] = Header,
        ["m_getclr"] = Zeroed,
        ["m_getcl"] = Cluster,
        ["m_getjcl"] = ClusterOfSize,
        ["m_get2"] = Contiguous,
    };

    private static void Plain(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        Deliver(step, mbufs, register, mbufs.AllocateMbuf(), step.Line.Type());
    }

    private static void Header(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        Deliver(step, mbufs, register, mbufs.AllocatePacketWithoutCluster(), step.Line.Type());
    }

    private static void Zeroed(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        MbufType type = step.Line.Type();
        int length = step.Line.Count();
        MbufChain chain = mbufs.AllocateZeroedMbuf();

        // The bytes are counted as data as they are, unwritten.
        if (!chain.IsNull && (!chain.TryAppend(length, out _) || chain.SegmentCount != 1))
        {
            throw step.Refused("the zeroed mbuf has too little room.");
        }

        Deliver(step, mbufs, register, chain, type);
    }

    private static void Cluster(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        MbufType type = step.Line.Type();
        Deliver(step, mbufs, register, step.Line.Flag() ? mbufs.AllocatePacket() : mbufs.AllocateMbufWithCluster(), type);
    }

    private static void ClusterOfSize(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        MbufType type = step.Line.Type();
        bool header = step.Line.Flag();
        MbufClusterSize size = step.Line.ClusterSize();
        Deliver(step, mbufs, register, header ? mbufs.AllocatePacket(size) : mbufs.AllocateMbufWithCluster(size), type);
    }

    private static void Contiguous(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Destination();
        int size = step.Line.Count();
        MbufType type = step.Line.Type();
        MbufChain chain = step.Line.Flag() ? mbufs.AllocateContiguousPacket(size) : mbufs.AllocateContiguousMbuf(size);
        step.Returns(!chain.IsNull);
        if (!chain.IsNull)
        {
            chain.Type = type;
            step.Key("fits", chain.Start.Tailroom >= size);
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void Deliver(TraceStep step, in MbufScope mbufs, int register, MbufChain chain, MbufType type)
    {
        if (!chain.IsNull)
        {
            chain.Type = type;
        }

        step.Deliver(mbufs, register, chain);
    }
}
