using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Engine.Mbufs.Bench.Operations;
using Perfolizer.Horology;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>Every operation that <c>gate</c> counts as a benchmark, by its family and name, for filters and tables.</summary>
/// <remarks>Public because BenchmarkDotNet's generated programs call it.</remarks>
public class OperationBenchmarks
{
    /// <summary>So many that entering a scope, and the call itself, do not show.</summary>
    private const int Repetition = 1024;

    private OpenOperation? _open;

    /// <summary>Family and name, with a slash between them.</summary>
    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = "";

    public static IEnumerable<string> Names => OperationFamily.All.SelectMany(
        static family => family.Operations.Where(static operation => operation.IsCounted),
        static (family, operation) => $"{family.Name}/{operation.Name}");

    [GlobalSetup]
    public void Open() => _open = OperationFamily.FindCounted(Operation.Split('/')[^1]).Open();

    [GlobalCleanup]
    public void Close() => _open?.Dispose();

    [Benchmark(OperationsPerInvoke = Repetition)]
    public void Run() => _open!.Run(Repetition);
}

/// <summary>How BenchmarkDotNet measures, and what its tables show.</summary>
internal static class MicroConfig
{
    private const int LongestName = 40;

    public static IConfig Make(MicroOptions options)
    {
        ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(LongestName))
            .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
            .HideColumns(Column.Method, Column.Job, Column.Toolchain)
            .HideColumns(Column.IterationCount, Column.IterationTime, Column.WarmupCount);
        return options.IsQuick ? config.AddJob(Quick()) : config;
    }

    /// <summary>No program is built and started for each operation, and nothing proves that the figures stand still.</summary>
    private static Job Quick() => Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithWarmupCount(3)
        .WithIterationCount(5)
        .WithIterationTime(TimeInterval.FromMilliseconds(150));
}
