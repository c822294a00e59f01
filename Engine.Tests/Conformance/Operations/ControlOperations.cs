namespace Engine.Mbufs.Tests.Conformance;

/// <summary>What a trace does with the machine instead of with chains.</summary>
internal static class ControlOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["nomem"] = RefuseMemory,
        ["extfree"] = Externals,
        ["all"] = ShowAll,
        ["end"] = End,
    };

    private static void RefuseMemory(TraceStep step, in MbufScope mbufs) => step.Machine.RefuseMemory(step.Line.Flag());

    private static void Externals(TraceStep step, in MbufScope mbufs)
    {
        step.Key("calls", step.Machine.Externals.Calls);
        step.Key("bad", step.Machine.Externals.Bad);
    }

    private static void ShowAll(TraceStep step, in MbufScope mbufs)
    {
        for (int register = 0; register < TraceMachine.RegisterCount; register++)
        {
            if (!step.Machine.IsNull(register))
            {
                step.Append(TraceState.OfRegister(step.Machine, mbufs, register));
            }
        }

        for (int place = 0; place < TraceMachine.QueueCount; place++)
        {
            if (step.Machine.HasQueue(place))
            {
                step.Append(TraceState.OfQueue(step.Machine, place));
            }
        }
    }

    private static void End(TraceStep step, in MbufScope mbufs)
    {
        MbufStatistics statistics = step.Machine.Arena.GetStatistics();
        MbufZoneStatistics[] clusters =
            [statistics.Clusters, statistics.PageClusters, statistics.Jumbo9Clusters, statistics.Jumbo16Clusters];
        int tags = step.Machine.LiveTags;
        step.Key("mbufs", statistics.Mbufs.Current - tags);
        step.Key("clusters", clusters.Sum(static zone => zone.Current));
        step.Key("tags", tags);
        step.Key("ext_calls", step.Machine.Externals.Calls);
        step.Key("ext_live", step.Machine.Externals.Live);
        step.Key("ext_bad", step.Machine.Externals.Bad);
    }
}
