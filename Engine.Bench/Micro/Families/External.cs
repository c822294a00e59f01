namespace Engine.Mbufs.Bench.Micro;

/// <summary>Memory that is not the arena's.</summary>
public class External : KernelBenchmarks;
