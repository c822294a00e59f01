namespace Engine.Mbufs.Bench.Micro;

/// <summary>Clusters with more than one reader.</summary>
public class Share : KernelBenchmarks;
