using BenchmarkDotNet.Attributes;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>One packet with a 2 KiB cluster: allocated and freed, from the hot end of the cache.</summary>
[MemoryDiagnoser]
public class AllocateFree
{
    private const int Packets = 1024;

    private MbufArena _arena = null!;

    [GlobalSetup]
    public void Open() => _arena = new MbufArena();

    [GlobalCleanup]
    public void Close() => _arena.Dispose();

    /// <summary>Strict free, in one scope for all packets, as an event loop does in one turn.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Packets)]
    public void Free()
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < Packets; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.Free();
        }
    }

    /// <summary>The same held in a <c>using</c>.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public void Using()
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < Packets; i++)
        {
            using MbufChain packet = mbufs.AllocatePacket();
        }
    }

    /// <summary>The same with a scope for each packet: what the claim of a cache costs.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public void ScopeEach()
    {
        for (int i = 0; i < Packets; i++)
        {
            using MbufScope mbufs = _arena.Enter();
            MbufChain packet = mbufs.AllocatePacket();
            packet.Free();
        }
    }
}
