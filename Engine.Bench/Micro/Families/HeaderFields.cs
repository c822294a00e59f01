namespace Engine.Mbufs.Bench.Micro;

/// <summary>Fields of the packet header.</summary>
public class HeaderFields : KernelBenchmarks;
