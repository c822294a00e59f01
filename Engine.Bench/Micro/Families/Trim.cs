namespace Engine.Mbufs.Bench.Micro;

/// <summary>Bytes taken off.</summary>
public class Trim : KernelBenchmarks;
