namespace Engine.Mbufs.Bench.Operations;

/// <summary>One packet or mbuf, allocated and freed, from the hot end of a cache.</summary>
internal sealed class AllocateOperations(MbufArenaOptions options) : Setting(options)
{
    private const int ChainLength = 8192;
    private const int ContiguousLength = 9000;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of(
            "allocate-packet", "packet with a 2 KiB cluster: allocated, freed", static (on, count) => on.AllocateFree(count)) with
        {
            Planted = static (on, count) => ((AllocateOperations)on).AllocateFreePlanted(count),
        },
        Of("alloc-free", "one packet with a 2 KiB cluster allocated and freed", static (on, count) => on.AllocateFree(count))
            .OnlyCompared(new(0.45, 0.3), PeerNames.Pools),
        Of("allocate-packet-using", "the same, held in a using", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                using MbufChain packet = mbufs.AllocatePacket();
            }
        }),
        Of("allocate-mbuf", "plain mbuf", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain mbuf = mbufs.AllocateMbuf();
                mbuf.Free();
            }
        }),
        Of("allocate-header", "packet without cluster", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacketWithoutCluster();
                packet.Free();
            }
        }),
        Of("allocate-zeroed", "plain mbuf, zeroed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain mbuf = mbufs.AllocateZeroedMbuf();
                mbuf.Free();
            }
        }),
        Of("allocate-page", "packet with a 4 KiB cluster", static (on, count) => on.Sized(count, MbufClusterSize.Page)),
        Of("allocate-jumbo9", "packet with a 9 KiB cluster", static (on, count) => on.Sized(count, MbufClusterSize.Jumbo9)),
        Of("allocate-jumbo16", "packet with a 16 KiB cluster", static (on, count) => on.Sized(count, MbufClusterSize.Jumbo16)),
        Of("allocate-chain", "packet with room for 8 KiB", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket(ChainLength);
                packet.Free();
            }
        }),
        Of("allocate-contiguous", "packet with 9,000 contiguous bytes", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocateContiguousPacket(ContiguousLength);
                packet.Free();
            }
        }),
        Of("allocate-from", "packet with a copy of 1,500 bytes", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            ReadOnlySpan<byte> bytes = on.Payload(FrameLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacketFrom(bytes, 0, 0);
                packet.Free();
            }
        }),
        Of("scope", "scope entered, and left", static (on, count) =>
        {
            for (int i = 0; i < count; i++)
            {
                using MbufScope mbufs = on.Arena.Enter();
            }
        }),
        // The price of an arena for secrets: what is freed is zeroed.
        Operation.Of(
            "allocate-packet-clear", "packet of 1,500 bytes written, freed, zeroed",
            static (_, _) => new AllocateOperations(SmallArenaOf(clearOnFree: true)), static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            ReadOnlySpan<byte> bytes = on.Payload(FrameLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(packet.TryAppend(bytes));
                packet.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<AllocateOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new AllocateOperations(options), body);

    private void Sized(int count, MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket(size);
            packet.Free();
        }
    }

    private void AllocateFree(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.Free();
        }
    }

    /// <summary>Asks one thing of each packet that nobody wants to know: a few instructions, as a regression has them.</summary>
    private void AllocateFreePlanted(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.IsEmpty);
            packet.Free();
        }
    }
}

/// <summary>
/// Bursts of 32 packets, all or nothing; out of a cache's magazines, through the depot, and from cache to cache.
/// </summary>
internal sealed class BurstOperations : Setting
{
    private const int Burst = Sizes.Burst;
    private const int Held = 8 * Burst;

    private readonly Mbuf[] _packets = new Mbuf[Held];
    private readonly Mbuf[] _page = new Mbuf[Burst + (Sizes.Places * Sizes.PlaceStep)];
    private readonly MbufCache _from;
    private readonly MbufCache _to;

    private BurstOperations(MbufArenaOptions options)
        : base(options)
    {
        _from = Arena.CreateCache();
        _to = Arena.CreateCache();
    }

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("burst32", "32 packets allocated all or nothing, freed in bulk", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            Span<Mbuf> burst = on._packets.AsSpan(0, Burst);
            for (int i = 0; i < count; i++)
            {
                Require(mbufs.TryAllocatePackets(burst));
                mbufs.Free(burst);
            }
        }),
        Of("burst32-open", "the same, but opened and freed one by one", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            Span<Mbuf> burst = on._packets.AsSpan(0, Burst);
            for (int i = 0; i < count; i++)
            {
                Require(mbufs.TryAllocatePackets(burst));
                foreach (Mbuf handle in burst)
                {
                    MbufChain packet = mbufs.Open(handle);
                    packet.Free();
                }
            }
        }),
        Of("burst32-write64", "32 packets with 64 bytes written into each", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            Span<Mbuf> burst = on._packets.AsSpan(0, Burst);
            ReadOnlySpan<byte> payload = on.Payload(Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Require(mbufs.TryAllocatePackets(burst));
                foreach (ref Mbuf handle in burst)
                {
                    MbufChain packet = mbufs.Open(handle);
                    Require(packet.TryAppend(Sizes.PayloadLength, out Span<byte> room));
                    payload[..Sizes.PayloadLength].CopyTo(room);
                    handle = packet.Detach();
                }

                mbufs.Free(burst);
            }
        }),
        Of("burst256-depot", "8 bursts held and then freed: magazines come from the depot and go back", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                for (int k = 0; k < Held; k += Burst)
                {
                    Require(mbufs.TryAllocatePackets(on._packets.AsSpan(k, Burst)));
                }

                for (int k = 0; k < Held; k += Burst)
                {
                    mbufs.Free(on._packets.AsSpan(k, Burst));
                }
            }
        }),
        Of("hand-over32", "32 packets allocated in one cache, freed in another", static (on, count) =>
        {
            using MbufScope from = on._from.Enter();
            using MbufScope to = on._to.Enter();
            Span<Mbuf> burst = on._packets.AsSpan(0, Burst);
            for (int i = 0; i < count; i++)
            {
                Require(from.TryAllocatePackets(burst));
                to.Free(burst);
            }
        }),
        Of("burst32", "32 packets allocated all or nothing, and freed in bulk", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i += Burst)
            {
                Span<Mbuf> burst = on._page.AsSpan(i / Burst % Sizes.Places * Sizes.PlaceStep, Burst);
                Require(mbufs.TryAllocatePackets(burst));
                mbufs.Free(burst);
            }
        }).OnlyCompared(new(0.6, 0.45), PeerNames.Pools),
    ];

    private static Operation Of(string name, string text, Action<BurstOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new BurstOperations(options), body);
}
