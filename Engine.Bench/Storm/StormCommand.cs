namespace Engine.Mbufs.Bench.Storm;

/// <summary>The verb <c>storm</c>: threads, numbers that grow, and what becomes of cost.</summary>
internal static class StormCommand
{
    /// <summary>What the results call themselves.</summary>
    public const string Kind = "storm";

    public static int Run(string[] arguments)
    {
        StormOptions options = StormOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            Console.WriteLine(StormOptions.Help);
            return 0;
        }

        List<StormRow> rows = [];
        foreach (StormRow row in new StormRunner(options, Console.Error).Run())
        {
            Write(rows.LastOrDefault(), row);
            rows.Add(row);
        }

        if (options.JsonPath is not null)
        {
            ResultFile.Write(options.JsonPath, Kind, arguments, rows);
        }

        return ExitCode(rows);
    }

    private static void Write(StormRow? last, StormRow row)
    {
        if (row.Scenario != last?.Scenario)
        {
            StormTable.WriteHead(Console.Out, row);
        }

        if (row.Scenario != last?.Scenario || row.Series != last.Series)
        {
            StormTable.WriteSeries(Console.Out, row);
        }

        StormTable.Write(Console.Out, row);
    }

    private static int ExitCode(List<StormRow> rows)
    {
        List<StormRow> bad = rows.FindAll(static row => !row.IsRight());
        foreach (StormRow row in bad)
        {
            Console.Error.WriteLine(
                $"{row.Scenario}, {row.Series}, {row.Value} {row.Parameter}: {row.Wrong} packets wrong, "
                + $"{row.Leaked} mbufs leaked, {row.Problems.Count} problems found by the audit.");
        }

        return bad.Count == 0 ? 0 : 1;
    }
}
