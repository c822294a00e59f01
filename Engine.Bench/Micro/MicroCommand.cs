using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>The verb <c>micro</c>: BenchmarkDotNet, with its own options.</summary>
internal static class MicroCommand
{
    public static int Run(string[] arguments)
    {
        // Without a filter BenchmarkDotNet would ask on the terminal.
        string[] chosen = arguments.Length == 0 ? ["--filter", "*"] : arguments;
        IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(chosen);
        bool isWhole = summaries.All(
            summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success));
        return isWhole ? 0 : throw new BenchException("Not every benchmark ran; see above.");
    }
}
