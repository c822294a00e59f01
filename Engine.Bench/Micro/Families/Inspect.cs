namespace Engine.Mbufs.Bench.Micro;

/// <summary>What can be asked of a packet.</summary>
public class Inspect : KernelBenchmarks;
