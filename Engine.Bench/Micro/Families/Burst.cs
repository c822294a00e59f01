namespace Engine.Mbufs.Bench.Micro;

/// <summary>Bursts of packets.</summary>
public class Burst : KernelBenchmarks;
