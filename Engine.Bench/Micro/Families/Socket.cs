namespace Engine.Mbufs.Bench.Micro;

/// <summary>Vectored system calls.</summary>
public class Socket : KernelBenchmarks;
