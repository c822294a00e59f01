using BenchmarkDotNet.Attributes;

namespace Engine.Mbufs.Bench.Micro;

/// <summary>32 packets with a 2 KiB cluster each: allocated all or nothing, and freed.</summary>
[MemoryDiagnoser]
public class Burst32
{
    private const int Packets = 1024;

    private readonly Mbuf[] _packets = new Mbuf[Work.Burst];
    private MbufArena _arena = null!;

    [GlobalSetup]
    public void Open() => _arena = new MbufArena();

    [GlobalCleanup]
    public void Close() => _arena.Dispose();

    /// <summary>Freed in bulk, by handle.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Packets)]
    public void FreeBulk()
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < Packets; i += Work.Burst)
        {
            mbufs.TryAllocatePackets(_packets);
            mbufs.Free(_packets);
        }
    }

    /// <summary>Opened and freed one by one, as after work on each.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public void OpenFreeEach()
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < Packets; i += Work.Burst)
        {
            mbufs.TryAllocatePackets(_packets);
            foreach (Mbuf handle in _packets)
            {
                MbufChain packet = mbufs.Open(handle);
                packet.Free();
            }
        }
    }
}
