namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Questions.</summary>
internal static class InspectOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_length"] = Length,
        ["m_fixhdr"] = FixLength,
        ["m_sanity"] = Sanity,
        ["M_LEADINGSPACE"] = Headroom,
        ["M_TRAILINGSPACE"] = Tailroom,
        ["M_WRITABLE"] = Writable,
        ["m_type"] = Type,
        ["MCHTYPE"] = ChangeType,
    };

    private static void Length(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.SubjectOrNull(mbufs, out int register);
        step.Key("ret", chain.IsNull ? 0 : chain.Length);
        step.Key("last", chain.IsNull || KnowsItsLast(chain));
        step.Machine.Put(register, chain);
    }

    /// <summary>The last mbuf is the one that is found by following the links.</summary>
    private static bool KnowsItsLast(MbufChain chain)
    {
        MbufPosition found = chain.Start;
        while (found.TryGetNext(out MbufPosition next))
        {
            found = next;
        }

        MbufPosition last = chain.LastSegment;
        return !last.TryGetNext(out _)
            && last.Offset == found.Offset
            && last.Segment.Length == found.Segment.Length
            && last.Segment == found.Segment;
    }

    private static void FixLength(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("ret", chain.FixPacketLength());
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Sanity(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("ret", chain.IsSane(out _));
        step.Machine.Put(register, chain);
    }

    private static void Headroom(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("ret", chain.Headroom);
        step.Machine.Put(register, chain);
    }

    private static void Tailroom(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("ret", chain.Start.Tailroom);
        step.Machine.Put(register, chain);
    }

    private static void Writable(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("ret", chain.IsWritable);
        step.Machine.Put(register, chain);
    }

    private static void Type(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("type", TraceNames.NameOf(chain.Type));
        step.Machine.Put(register, chain);
    }

    private static void ChangeType(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.Type = step.Line.Type();
        step.Key("type", TraceNames.NameOf(chain.Type));
        step.Machine.Put(register, chain);
    }
}
