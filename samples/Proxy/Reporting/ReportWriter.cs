using Spectre.Console;

namespace Proxy;

/// <summary>Writes the report to standard output: the table, or exactly one line of JSON.</summary>
internal static class ReportWriter
{
    public static void Write(ProxyReport report, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(ReportJson.Format(report));
        }
        else
        {
            AnsiConsole.Write(ReportTable.Build(report));
        }
    }
}
