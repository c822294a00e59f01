using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

using Perfolizer.Horology;

namespace Engine.Mbufs.Bench.Micro;

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
