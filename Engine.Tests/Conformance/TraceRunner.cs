namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Runs traces and compares what comes with what the reference printed, line by line.</summary>
internal static class TraceRunner
{
    private const string LastOperation = "end";

    /// <summary>Runs a trace up to the first difference.</summary>
    /// <returns>The difference, or null if there is none.</returns>
    public static TraceFailure? Run(TraceFile trace, bool isChecked)
    {
        using var machine = new TraceMachine(isChecked);
        foreach (TraceLine line in trace.Operations)
        {
            if (line.Number > trace.Expected.Count)
            {
                return new TraceFailure(trace.Name, line, "a line, but the file of expected lines ends", "an operation without one");
            }

            string expected = TraceFile.ContentOf(trace.Expected[line.Number - 1]);
            string came = Try(() => Run(machine, line, trace.Expected[line.Number - 1]));
            if (came != expected)
            {
                return new TraceFailure(trace.Name, line, expected, came);
            }
        }

        return FindIncompleteness(trace, machine);
    }

    private static TraceFailure? FindIncompleteness(TraceFile trace, TraceMachine machine)
    {
        TraceLine? last = trace.Operations.Count > 0 ? trace.Operations[^1] : null;
        if (trace.Expected.Count > trace.Operations.Count)
        {
            return new TraceFailure(trace.Name, last, trace.Expected[trace.Operations.Count], "no operation: the trace ends");
        }

        if (last?.Operation != LastOperation)
        {
            return new TraceFailure(trace.Name, last, $"{LastOperation}, the last operation of every trace", "the end of the file");
        }

        string audit = Try(() =>
        {
            machine.AuditEnd();
            return "";
        });
        return audit.Length == 0 ? null : new TraceFailure(trace.Name, last, "an arena that is consistent and empty", audit);
    }

    private static string Run(TraceMachine machine, TraceLine line, string expected)
    {
        var step = new TraceStep(machine, line, expected);
        TraceOperation operation = TraceOperations.Find(line.Operation);
        using (MbufScope mbufs = machine.Arena.Enter())
        {
            operation(step, mbufs);
        }

        line.ExpectEnd();
        machine.Audit();
        return step.Result;
    }

    /// <summary>What comes of it: an exception is a result that nobody expects.</summary>
    private static string Try(Func<string> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
