using BenchmarkDotNet.Attributes;

using Engine.Mbufs.Bench.Kernels;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>The kernels of a family as benchmarks. The family is named like the class, for filters and tables.</summary>
/// <remarks>Public, like its heirs, because BenchmarkDotNet's generated programs call them.</remarks>
public abstract class KernelBenchmarks
{
    /// <summary>So many that entering a scope, and the call itself, do not show.</summary>
    private const int Operations = 1024;

    private OpenKernel? _kernel;

    /// <summary>The kernel's name.</summary>
    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = "";

    public IEnumerable<string> Names => KernelFamily.FindFamily(GetTypeName()).Kernels.Select(static kernel => kernel.Name);

    [GlobalSetup]
    public void Open() => _kernel = KernelFamily.Find(Operation).Open();

    [GlobalCleanup]
    public void Close() => _kernel?.Dispose();

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Run() => _kernel!.Run(Operations);

    /// <summary>BenchmarkDotNet derives classes of its own.</summary>
    private string GetTypeName()
    {
        Type type = GetType();
        while (type.BaseType is Type parent && parent != typeof(KernelBenchmarks))
        {
            type = parent;
        }

        return type.Name;
    }
}
