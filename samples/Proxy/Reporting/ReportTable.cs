using System.Globalization;
using Spectre.Console;

namespace Proxy;

/// <summary>The report as a table.</summary>
internal static class ReportTable
{
    public static Table Build(ProxyReport report)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("proxy");
        table.AddColumn(new TableColumn("total").RightAligned());
        table.AddColumn(new TableColumn("per second").RightAligned());
        _ = table.AddRow("seconds", report.Seconds.ToString("F1", CultureInfo.InvariantCulture), string.Empty);
        Add(table, report, "connections", report.Connections);
        Add(table, report, "refused", report.Refused);
        Add(table, report, "bytes to backend", report.BytesToBackend);
        Add(table, report, "bytes to client", report.BytesToClient);
        _ = table.AddEmptyRow();
        Add(table, "managed bytes, workers", report.WorkerManagedBytes);
        Add(table, "garbage collections", report.GcCollections);
        Add(table, "mbufs, high water", report.MbufsHighWater);
        Add(table, "clusters, high water", report.ClustersHighWater);
        Add(table, "live mbufs", report.LiveMbufs);
        return table;
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static void Add(Table table, ProxyReport report, string name, long value)
        => table.AddRow(name, Number(value), Number((long)(value / Math.Max(report.Seconds, 0.001))));

    private static void Add(Table table, string name, long value) => table.AddRow(name, Number(value), string.Empty);
}
