namespace Engine.Mbufs.Bench.Micro;

/// <summary>One packet or mbuf, allocated and freed.</summary>
public class AllocateFree : KernelBenchmarks;
