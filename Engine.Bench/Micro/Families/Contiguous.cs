namespace Engine.Mbufs.Bench.Micro;

/// <summary>Bytes made contiguous.</summary>
public class Contiguous : KernelBenchmarks;
