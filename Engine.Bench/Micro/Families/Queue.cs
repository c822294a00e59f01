namespace Engine.Mbufs.Bench.Micro;

/// <summary>Queues of packets.</summary>
public class Queue : KernelBenchmarks;
