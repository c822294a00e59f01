using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Spectre.Console;

namespace Proxy;

/// <summary>
/// Shows the traffic while it flows: on a terminal a table that is redrawn, with a line of the last seconds; otherwise a line a
/// second; with --json nothing, since standard output then holds one line only.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DemonstrationDisplay(ProxyServer server, TrafficTally tally, EndRequest end, TimeSpan length)
{
    private const int HistoryLength = 40;
    private const string Bars = "▁▂▃▄▅▆▇█";

    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Queue<double> _history = new();

    /// <summary>Returns when the time has passed or the end was asked for.</summary>
    public void Show(bool json)
    {
        if (json)
        {
            _ = end.Wait(length);
        }
        else if (AnsiConsole.Profile.Out.IsTerminal)
        {
            AnsiConsole.Live(new Table()).Start(
                context => Follow(s_redraw, (before, now) => context.UpdateTarget(Draw(in before, in now))));
        }
        else
        {
            Follow(s_line, (before, now) => Console.Out.WriteLine(Line(in before, in now)));
        }
    }

    private void Follow(TimeSpan interval, Action<DemonstrationSample, DemonstrationSample> show)
    {
        DemonstrationSample before = Take();
        while (_clock.Elapsed < length)
        {
            TimeSpan left = length - _clock.Elapsed;
            if (end.Wait(left < interval ? left : interval))
            {
                return;
            }

            DemonstrationSample now = Take();
            show(before, now);
            before = now;
        }
    }

    private DemonstrationSample Take() => new(_clock.Elapsed, server, tally);

    private static string Line(in DemonstrationSample before, in DemonstrationSample now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{now.At.TotalSeconds,4:F0} s  {Megabytes(in before, in now),8:N0} MB/s  ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{Exchanges(in before, in now),8:N0} exchanges/s  {now.Counters.Open,4} open  {now.LiveMbufs,6} live mbufs  {now.Faults} faults");

    private Table Draw(in DemonstrationSample before, in DemonstrationSample now)
    {
        double rate = Megabytes(in before, in now);
        _history.Enqueue(rate);
        if (_history.Count > HistoryLength)
        {
            _ = _history.Dequeue();
        }

        Table table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(new TableColumn("through the proxy").Width(HistoryLength));
        table.AddColumn(new TableColumn("now").RightAligned());
        string title = string.Create(CultureInfo.InvariantCulture, $"{now.At.TotalSeconds:F0} of {length.TotalSeconds:F0} s");
        table.Title = new TableTitle(title);
        Add(table, "MB/s", rate);
        Add(table, "exchanges/s", Exchanges(in before, in now));
        Add(table, "connections/s", DemonstrationSample.Rate(in before, in now, sample => sample.Counters.Connections));
        Add(table, "connections open", now.Counters.Open);
        Add(table, "live mbufs", now.LiveMbufs);
        Add(table, "MB verified", now.VerifiedBytes / 1e6);
        Add(table, "faults", now.Faults);
        _ = table.AddRow(new Text(Spark()), new Text(string.Empty));
        return table;
    }

    private string Spark()
    {
        double highest = Math.Max(_history.Max(), 1);
        return string.Concat(_history.Select(rate => Bars[(int)(rate / highest * (Bars.Length - 1))]));
    }

    private static double Megabytes(in DemonstrationSample before, in DemonstrationSample now)
        => DemonstrationSample.Rate(in before, in now, sample => sample.Bytes) / 1e6;

    private static double Exchanges(in DemonstrationSample before, in DemonstrationSample now)
        => DemonstrationSample.Rate(in before, in now, sample => sample.Exchanges);

    private static void Add(Table table, string name, double value)
        => table.AddRow(name, value.ToString("N0", CultureInfo.InvariantCulture));
}
