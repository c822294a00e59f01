namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Fewer bytes, and a chain cut in two.</summary>
internal static class ShrinkOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_adj"] = Trim,
        ["m_split"] = Split,
    };

    private static void Trim(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.SubjectOrNull(mbufs, out int register);
        int count = step.Line.Integer();
        if (!chain.IsNull)
        {
            _ = count >= 0 ? chain.TrimStart(count) : chain.TrimEnd((int)Math.Min(-(long)count, int.MaxValue));
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void Split(TraceStep step, in MbufScope mbufs)
    {
        int destination = step.Destination();
        MbufChain chain = step.Subject(mbufs, out int register);
        int length = step.Line.Count();
        var before = ChainState.Of(chain);
        int packetLength = chain.PacketLength;
        if (!chain.TrySplit(length, out MbufChain rest))
        {
            before.AssertUnchanged(chain);
        }

        step.Deliver(mbufs, destination, Deviation.Kept(step, chain, rest, packetLength));
        step.PutAndShow(mbufs, register, chain);
    }
}
