namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Flags and fields of the packet header.</summary>
internal static class HeaderOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["setflag"] = SetFlag,
        ["m_clrprotoflags"] = ClearProtocolFlags,
        ["setpkthdr"] = SetField,
        ["pkthdr"] = Show,
    };

    private static void SetFlag(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        MbufFlags flag = TraceNames.FlagOf(step.Line.Word());
        if (step.Line.Flag())
        {
            chain.Flags |= flag;
        }
        else if (flag == MbufFlags.ReadOnly)
        {
            chain.DangerousClearReadOnly();
        }
        else
        {
            chain.Flags &= ~flag;
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void ClearProtocolFlags(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.ClearProtocolFlags();
        step.PutAndShow(mbufs, register, chain);
    }

    private static void SetField(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        string field = step.Line.Word();
        switch (field)
        {
            case "rcvif":
                chain.ReceiveInterface = step.Line.Short();
                break;
            case "len":
                chain.PacketLength = step.Line.Count();
                break;
            case "flowid":
                chain.FlowId = step.Line.Unsigned();
                break;
            case "csum_flags":
                chain.ChecksumFlags = TraceNames.ChecksumFlagsOf(step.Line.Word());
                break;
            case "csum_data":
                chain.ChecksumData = step.Line.Unsigned();
                break;
            case "fibnum":
                chain.RoutingTable = step.Line.Short();
                break;
            case "rsstype":
                chain.HashType = (MbufHashType)step.Line.Small();
                break;
            case "ether_vtag":
                chain.VlanTag = step.Line.Short();
                break;
            case "tso_segsz":
                chain.SegmentSize = step.Line.Short();
                break;
            default:
                throw new TraceException($"There is no field called {field}.");
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void Show(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("rcvif", chain.ReceiveInterface);
        step.Key("flowid", chain.FlowId);
        step.Key("csum_flags", TraceNames.NamesOf(chain.ChecksumFlags));
        step.Key("csum_data", chain.ChecksumData);
        step.Key("fibnum", chain.RoutingTable);
        step.Key("rsstype", (byte)chain.HashType);
        step.Key("ether_vtag", chain.VlanTag);
        step.Key("tso_segsz", chain.SegmentSize);
        step.PutAndShow(mbufs, register, chain);
    }
}
