namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Giving memory back.</summary>
internal static class FreeOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_free"] = First,
        ["m_freem"] = Chain,
    };

    private static void First(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.FreeFirstSegment(out MbufChain rest);
        step.Deliver(mbufs, register, rest);
    }

    private static void Chain(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.SubjectOrNull(mbufs, out int register);
        if (!chain.IsNull)
        {
            chain.Free();
        }

        step.Show(mbufs, register);
    }
}
