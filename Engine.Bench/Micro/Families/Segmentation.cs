namespace Engine.Mbufs.Bench.Micro;

/// <summary>Packets cut.</summary>
public class Segmentation : KernelBenchmarks;
