using System.Globalization;

using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>The figures of a run, as tables that people and scripts read: a name, then numbers, separated by spaces.</summary>
internal static class Report
{
    private const int NameWidth = 18;
    private const int Width = 14;

    private static readonly MbufChecksumVerdict[] s_verdicts =
    [
        MbufChecksumVerdict.Valid, MbufChecksumVerdict.Invalid, MbufChecksumVerdict.Absent, MbufChecksumVerdict.Unverifiable,
        MbufChecksumVerdict.Truncated, MbufChecksumVerdict.Illegal,
    ];

    private static readonly StepOutcome[] s_outcomes = Enum.GetValues<StepOutcome>();

    public static void Write(
        TextWriter output,
        ToolOptions options,
        Tallies tallies,
        CaptureSink? sink,
        MbufReassemblyStatistics? reassembled,
        int incomplete)
    {
        Row(output, string.Empty, ["frames", "bytes", "truncated"]);
        Row(output, "read", [Show(tallies.FramesRead), Show(tallies.BytesRead), Show(tallies.FramesTruncated)]);
        if (sink is not null)
        {
            Row(output, "written", [Show(sink.Packets), Show(sink.Bytes), Show(sink.Cut)]);
        }

        if (options.Verify)
        {
            WriteChecksums(output, tallies.Checksums);
        }

        WriteSteps(output, tallies);
        if (reassembled is { } statistics)
        {
            WriteReassembly(output, statistics, incomplete);
        }

        if (sink is { LeftOut: > 0 })
        {
            output.WriteLine();
            output.WriteLine($"{Show(sink.LeftOut)} frames left out, since a pcap file has one link type: others than the first");
            output.WriteLine("frame's, or with --strip-link what is not IP");
        }
    }

    private static void WriteChecksums(TextWriter output, ChecksumTally tally)
    {
        output.WriteLine();
        Row(output, "checksums", ["good", "bad", "absent", "unverifiable", "truncated", "illegal"]);
        for (int protocol = 0; protocol < ChecksumTally.Protocols.Count; protocol++)
        {
            long[] counts = [.. s_verdicts.Select(verdict => tally[protocol, verdict])];
            if (counts.Any(static count => count > 0))
            {
                Row(output, ChecksumTally.Protocols[protocol], counts.Select(Show));
            }
        }

        Row(output, "none", [Show(tally.Without)]);
    }

    private static void WriteSteps(TextWriter output, Tallies tallies)
    {
        StepTally[] made = [.. tallies.Steps.Where(static step => s_outcomes.Any(outcome => step[outcome] > 0))];
        if (made.Length == 0)
        {
            return;
        }

        output.WriteLine();
        Row(output, "packets by step", ["done", "not needed", "other kind", "truncated", "refused", "dropped"]);
        foreach (StepTally step in made)
        {
            Row(output, step.Name, s_outcomes.Select(outcome => Show(step[outcome])));
        }
    }

    private static void WriteReassembly(TextWriter output, MbufReassemblyStatistics statistics, int incomplete)
    {
        output.WriteLine();
        Row(output, "reassembly", ["count"]);
        Row(output, "packets whole", [Show(statistics.CountOf(MbufReassemblyStatus.Complete))]);
        Row(output, "packets atomic", [Show(statistics.CountOf(MbufReassemblyStatus.Atomic))]);
        Row(output, "packets incomplete", [Show(incomplete + statistics.TimedOut + statistics.Evicted)]);
        foreach (MbufReassemblyStatus status in Enum.GetValues<MbufReassemblyStatus>())
        {
            if (status > MbufReassemblyStatus.Held && statistics.CountOf(status) > 0)
            {
                Row(output, $"dropped, {status}", [Show(statistics.CountOf(status))]);
            }
        }
    }

    private static string Show(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Row(TextWriter output, string name, IEnumerable<string> values)
        => output.WriteLine(name.PadRight(NameWidth) + string.Concat(values.Select(static value => value.PadLeft(Width))));
}
