namespace Engine.Mbufs.Bench.Micro;

/// <summary>Fragments joined.</summary>
public class Reassembly : KernelBenchmarks;
