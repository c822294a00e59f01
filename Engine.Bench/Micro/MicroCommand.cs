using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>The verb <c>micro</c>: time and managed memory of each kernel, by BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    public static int Run(string[] arguments)
    {
        MicroOptions options = MicroOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            Console.WriteLine(MicroOptions.Help);
            return 0;
        }

        if (options.Lists)
        {
            WriteList(Console.Out);
            return 0;
        }

        if (options.Disassembled is string methods)
        {
            return WriteCode(Console.Out, options.Filters, methods);
        }

        string[] passed = ["--filter", .. options.Filters, .. options.Others];
        var switcher = BenchmarkSwitcher.FromTypes([typeof(OperationBenchmarks)]);
        Summary[] summaries = [.. switcher.Run(passed, MicroConfig.Make(options))];
        if (summaries.Length == 0 && options.Others.Count == 0)
        {
            throw new UsageException($"No operation matches {string.Join(", ", options.Filters)}: see micro --list.");
        }

        bool isWhole = summaries.All(
            summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success));
        return isWhole ? 0 : throw new BenchException("Not every benchmark ran; see above.");
    }

    private static int WriteCode(TextWriter output, IReadOnlyList<string> filters, string methods)
    {
        Progress.Show("measuring until the code is final");
        IReadOnlyList<string> listings = Disassembly.Of(filters, methods);
        Progress.Clear();
        if (listings.Count == 0)
        {
            throw new UsageException($"No method {methods} was compiled: a method is 'Type:Method', with * for any part, and is"
                + " gone where it is inlined; '*Operations*:*' shows the loops.");
        }

        output.WriteLine(string.Join("\n\n", listings));
        return 0;
    }

    private static void WriteList(TextWriter output)
    {
        foreach (OperationFamily family in OperationFamily.All)
        {
            Operation[] kernels = [.. family.Operations.Where(static operation => operation.IsCounted)];
            if (kernels.Length == 0)
            {
                continue;
            }

            output.WriteLine(family.Name);
            foreach (Operation kernel in kernels)
            {
                output.WriteLine($"  {kernel.Name,-22}{kernel.Text}");
            }
        }
    }
}
