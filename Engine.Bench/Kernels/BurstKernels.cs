namespace Engine.Mbufs.Bench.Kernels;

/// <summary>
/// Bursts of 32 packets, all or nothing; out of a cache's magazines, through the depot, and from cache to cache.
/// </summary>
internal sealed class BurstKernels : KernelSetting
{
    private const int Burst = Work.Burst;
    private const int Held = 8 * Burst;

    private readonly Mbuf[] _packets = new Mbuf[Held];
    private readonly MbufCache _from;
    private readonly MbufCache _to;

    public BurstKernels()
    {
        _from = Arena.CreateCache();
        _to = Arena.CreateCache();
    }

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<BurstKernels>(
            "burst32", "32 packets allocated all or nothing, freed in bulk",
            static (on, count) => on.Bulk(count)),
        Kernel.Of<BurstKernels>(
            "burst32-open", "the same, but opened and freed one by one", static (on, count) => on.OpenEach(count)),
        Kernel.Of<BurstKernels>(
            "burst32-write64", "32 packets with 64 bytes written into each", static (on, count) => on.Write(count)),
        Kernel.Of<BurstKernels>(
            "burst256-depot", "8 bursts held and then freed: magazines come from the depot and go back",
            static (on, count) => on.Hold(count)),
        Kernel.Of<BurstKernels>(
            "hand-over32", "32 packets allocated in one cache, freed in another", static (on, count) => on.HandOver(count)),
    ];

    private void Bulk(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        Span<Mbuf> burst = _packets.AsSpan(0, Burst);
        for (int i = 0; i < count; i++)
        {
            Require(mbufs.TryAllocatePackets(burst));
            mbufs.Free(burst);
        }
    }

    private void OpenEach(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        Span<Mbuf> burst = _packets.AsSpan(0, Burst);
        for (int i = 0; i < count; i++)
        {
            Require(mbufs.TryAllocatePackets(burst));
            foreach (Mbuf handle in burst)
            {
                MbufChain packet = mbufs.Open(handle);
                packet.Free();
            }
        }
    }

    private void Write(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        Span<Mbuf> burst = _packets.AsSpan(0, Burst);
        ReadOnlySpan<byte> payload = Payload(Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(mbufs.TryAllocatePackets(burst));
            foreach (ref Mbuf handle in burst)
            {
                MbufChain packet = mbufs.Open(handle);
                Require(packet.TryAppend(Work.PayloadLength, out Span<byte> room));
                payload[..Work.PayloadLength].CopyTo(room);
                handle = packet.Detach();
            }

            mbufs.Free(burst);
        }
    }

    private void Hold(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < Held; k += Burst)
            {
                Require(mbufs.TryAllocatePackets(_packets.AsSpan(k, Burst)));
            }

            for (int k = 0; k < Held; k += Burst)
            {
                mbufs.Free(_packets.AsSpan(k, Burst));
            }
        }
    }

    private void HandOver(int count)
    {
        using MbufScope from = _from.Enter();
        using MbufScope to = _to.Enter();
        Span<Mbuf> burst = _packets.AsSpan(0, Burst);
        for (int i = 0; i < count; i++)
        {
            Require(from.TryAllocatePackets(burst));
            to.Free(burst);
        }
    }
}
