namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Packet headers that come and go.</summary>
internal static class MoveHeaderOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_dup_pkthdr"] = Copy,
        ["m_move_pkthdr"] = Move,
        ["M_MOVE_PKTHDR"] = Move,
        ["m_demote"] = Demote,
        ["m_demote_pkthdr"] = Remove,
    };

    private static void Copy(TraceStep step, in MbufScope mbufs)
    {
        MbufChain to = step.Subject(mbufs, out int register);
        MbufChain from = step.Subject(mbufs, out int source);

        // In two steps: without memory the reference leaves fields without tags.
        to.CopyPacketFieldsFrom(from);
        step.Key("ret", to.TryCopyTagsFrom(from));
        step.PutAndShow(mbufs, register, to);
        step.PutAndShow(mbufs, source, from);
    }

    private static void Move(TraceStep step, in MbufScope mbufs)
    {
        MbufChain to = step.Subject(mbufs, out int register);
        MbufChain from = step.Subject(mbufs, out int source);
        to.MovePacketHeaderFrom(from);
        step.PutAndShow(mbufs, register, to);
        step.PutAndShow(mbufs, source, from);
    }

    private static void Demote(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        bool all = step.Line.Flag();
        MbufFlags keep = step.Line.HasMore ? TraceNames.FlagsOf(step.Line.Word()) : MbufFlags.None;
        if (all)
        {
            chain.Demote(keep);
        }
        else
        {
            chain.DemoteInterior(keep);
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void Remove(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.RemovePacketHeader();
        step.PutAndShow(mbufs, register, chain);
    }
}
