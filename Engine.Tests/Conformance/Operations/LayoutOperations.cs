namespace Engine.Mbufs.Tests.Conformance;

/// <summary>The same bytes in other mbufs.</summary>
internal static class LayoutOperations
{
    /// <summary>The reference makes no larger ones, whatever it is asked for.</summary>
    private const int LargestFragment = (int)MbufClusterSize.Standard;

    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_defrag"] = Defragment,
        ["m_collapse"] = Collapse,
        ["m_fragment"] = Fragment,
        ["m_align"] = Align,
        ["M_ALIGN"] = Align,
        ["MH_ALIGN"] = Align,
    };

    private static void Defragment(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Returns(chain.TryDefragment());
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Collapse(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int most = step.Line.Count();
        bool done = chain.SegmentCount > most && chain.TryCollapse(most);
        step.Key("fits", !done || chain.SegmentCount <= most);
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Fragment(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        var before = ChainState.Of(chain);
        if (!chain.TrySplitSegments(Math.Min(step.Line.Count(), LargestFragment)))
        {
            before.AssertUnchanged(chain);
        }

        step.Key("segs", chain.SegmentCount);
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Align(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int length = step.Line.Count();
        chain.AlignToEnd(length);
        int room = chain.Start.Tailroom;
        step.Key("fits", room >= length);
        step.Key("slack", room - length < 8);
        step.PutAndShow(mbufs, register, chain);
    }
}
