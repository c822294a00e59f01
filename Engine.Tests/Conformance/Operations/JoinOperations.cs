namespace Engine.Mbufs.Tests.Conformance;

/// <summary>One chain made of two.</summary>
internal static class JoinOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_cat"] = AppendKeepingPacketLength,
        ["m_catpkt"] = Append,
        ["link"] = Link,
    };

    private static void AppendKeepingPacketLength(TraceStep step, in MbufScope mbufs)
    {
        MbufChain first = step.Subject(mbufs, out int register);
        MbufChain second = step.Subject(mbufs, out int emptied);
        first.AppendKeepingPacketLength(second);
        step.PutAndShow(mbufs, register, first);
        step.Show(mbufs, emptied);
    }

    private static void Append(TraceStep step, in MbufScope mbufs)
    {
        MbufChain first = step.Subject(mbufs, out int register);
        MbufChain second = step.Subject(mbufs, out int emptied);
        first.Append(second);
        step.PutAndShow(mbufs, register, first);
        step.Show(mbufs, emptied);
    }

    /// <summary>
    /// A helper of the traces: one link, and nothing else changes. So chains of different types may be joined, and a packet header
    /// stays where no operation leaves one.
    /// </summary>
    private static void Link(TraceStep step, in MbufScope mbufs)
    {
        MbufChain first = step.Subject(mbufs, out int register);
        MbufChain second = step.Subject(mbufs, out int emptied);
        MbufType type = second.Type;
        bool header = second.HasPacketHeader;
        second.Type = first.Type;
        first.AppendKeepingPacketLength(second);
        ref MbufHeader linked = ref first.Cache.Hot.Memory.Header(second.Index);
        linked.Type = type;
        if (header)
        {
            linked.Flags |= HeaderFlags.PacketHeader;
            step.Machine.HasPlantedHeader = true;
        }

        step.PutAndShow(mbufs, register, first);
        step.Show(mbufs, emptied);
    }
}
