namespace Engine.Mbufs.Bench.Micro;

/// <summary>Bytes and chains added.</summary>
public class Grow : KernelBenchmarks;
