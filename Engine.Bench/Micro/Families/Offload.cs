namespace Engine.Mbufs.Bench.Micro;

/// <summary>Checksums of whole packets.</summary>
public class Offload : KernelBenchmarks;
