namespace Engine.Mbufs.Bench.Micro;

/// <summary>Readers and writers.</summary>
public class ReadWrite : KernelBenchmarks;
