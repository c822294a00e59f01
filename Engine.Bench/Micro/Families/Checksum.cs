namespace Engine.Mbufs.Bench.Micro;

/// <summary>The Internet checksum.</summary>
public class Checksum : KernelBenchmarks;
