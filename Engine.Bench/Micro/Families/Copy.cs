namespace Engine.Mbufs.Bench.Micro;

/// <summary>Bytes copied out, in and over.</summary>
public class Copy : KernelBenchmarks;
