namespace Engine.Mbufs.Bench.Micro;

/// <summary>Packet tags.</summary>
public class Tags : KernelBenchmarks;
