namespace Engine.Mbufs.Bench.Micro;

/// <summary>Two packets made of one.</summary>
public class Split : KernelBenchmarks;
