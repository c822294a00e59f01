namespace Engine.Mbufs.Bench.Micro;

/// <summary>Claims that change hands.</summary>
public class Handle : KernelBenchmarks;
