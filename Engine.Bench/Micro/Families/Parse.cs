namespace Engine.Mbufs.Bench.Micro;

/// <summary>Views of headers.</summary>
public class Parse : KernelBenchmarks;
