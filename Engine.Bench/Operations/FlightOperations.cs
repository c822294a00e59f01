namespace Engine.Mbufs.Bench.Operations;

/// <summary>Many packets in flight, of a pool that is shuffled.</summary>
internal sealed class FlightOperations : Setting
{
    /// <summary>The series without a byte written.</summary>
    public const string Plain = "inflight";

    /// <summary>The series with 64 bytes written into each packet.</summary>
    public const string Written = "inflight-write64";

    private static readonly int[] s_numbers = [1024, 4096, 16_384, Sizes.PacketsFew, 1_048_576];

    private readonly Mbuf[] _packets;

    /// <summary>
    /// Frees every packet in a random order, once. A fresh arena hands its packets out in the order of their addresses, which the
    /// processor prefetches; one that has seen traffic does not. The other side shuffles in the same way.
    /// </summary>
    private FlightOperations(Operation operation, MbufArenaOptions options)
        : base(options)
    {
        _packets = new Mbuf[operation.Number];
        using MbufScope mbufs = Arena.Enter();
        Require(mbufs.TryAllocatePackets(_packets));
        Shuffle.Apply(_packets.AsSpan());
        mbufs.Free(_packets);
    }

    public static IReadOnlyList<Operation> All { get; } =
    [
        .. s_numbers.Select(static number => Of(Plain, "", number, static (on, count) => on.Run(count)) with
        {
            Budget = number == Sizes.PacketsFew ? new Budget(0.3, 0.22) : null,
            Peers = number switch
            {
                1024 => [PeerNames.Dpdk, PeerNames.ArrayPool, PeerNames.MemoryPool, PeerNames.NativeMemory],
                Sizes.PacketsFew => [PeerNames.Dpdk, PeerNames.ArrayPool, PeerNames.NativeMemory],
                _ => [PeerNames.Dpdk],
            },
        }),
        .. s_numbers.Select(static number => Of(Written, "-write64", number, static (on, count) => on.RunWriting(count)) with
        {
            Budget = number == Sizes.PacketsFew ? new Budget(0.32, 0.28) : null,
            Peers =
            [
                PeerNames.Dpdk, PeerNames.MemoryCopy, PeerNames.Bandwidth,
                .. number == Sizes.PacketsFew ? new[] { PeerNames.ArrayPool, PeerNames.NativeMemory } : [],
            ],
        }),

        // Stated as speed: 1.5 times as fast, and 1.8 times.
        Operation.Of(
            "handoff-burst32", "bursts of 32 allocated on one core, handed over by a ring, freed on another",
            static (_, options) => new HandOff(options), static (on, count) => on.Run(count))
            .OnlyCompared(
                new(0.667, 0.556), PeerNames.Dpdk, PeerNames.ArrayPool, PeerNames.MemoryPool, PeerNames.NativeMemory) with
        {
            Cores = 2,
        },
    ];

    private static Operation Of(string series, string suffix, int number, Action<FlightOperations, int> body)
    {
        string text = $"{Sizes.Digits(number)} of a shuffled pool allocated in bursts of 32, then all freed so";
        return Operation.Of(
            Sizes.Name(Plain, number) + suffix,
            suffix.Length == 0 ? text : text + ", and 64 bytes appended to each",
            static (operation, options) => new FlightOperations(operation, options),
            body) with
        {
            IsCounted = false,
            Series = series,
            Number = number,
            Packets = number,
            Smallest = number == s_numbers[0] ? null : Sizes.Name(Plain, s_numbers[0]) + suffix,
        };
    }

    private void Run(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i += Sizes.Burst)
        {
            Require(mbufs.TryAllocatePackets(_packets.AsSpan(i, Sizes.Burst)));
        }

        FreeAll(mbufs, count);
    }

    private void RunWriting(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> payload = Payload(Sizes.PayloadLength);
        for (int i = 0; i < count; i += Sizes.Burst)
        {
            Span<Mbuf> burst = _packets.AsSpan(i, Sizes.Burst);
            Require(mbufs.TryAllocatePackets(burst));
            mbufs.Prefetch(burst);
            foreach (ref Mbuf handle in burst)
            {
                MbufChain packet = mbufs.Open(handle);
                Write(packet, payload);
                handle = packet.Detach();
            }
        }

        FreeAll(mbufs, count);
    }

    private void FreeAll(in MbufScope mbufs, int count)
    {
        for (int i = 0; i < count; i += Sizes.Burst)
        {
            mbufs.Free(_packets.AsSpan(i, Sizes.Burst));
        }
    }

    /// <summary>Packets allocated on one core and freed on another: a thread allocates without end, the body frees.</summary>
    private sealed class HandOff : Setting
    {
        private const int Turn = 8192;

        // In this order, with the ring's slots between what one thread writes and the other: side by side they share lines.
        private readonly Mbuf[] _consumed = new Mbuf[Sizes.Burst];
        private readonly Ring<Mbuf> _ring = new(Sizes.Ring);
        private readonly Mbuf[] _produced = new Mbuf[Sizes.Burst];
        private Partner? _producer;

        public HandOff(MbufArenaOptions options)
            : base(options)
        {
            _producer = new Partner(Produce);
            _producer.Start();
        }

        public override Partner? Partner => _producer;

        public void Run(int count)
        {
            using MbufScope mbufs = Arena.Enter();
            Span<Mbuf> burst = _consumed;
            for (int i = 0; i < count; i += Sizes.Burst)
            {
                while (_ring.Read(burst) == 0)
                {
                    Partner.Pause();
                }

                mbufs.Free(burst);
            }
        }

        public override void Release()
        {
            _producer?.Dispose();
            _producer = null;
            using MbufScope mbufs = Arena.Enter();
            while (_ring.Read(_consumed) > 0)
            {
                mbufs.Free(_consumed);
            }
        }

        private void Produce()
        {
            using MbufScope mbufs = Arena.Enter();
            Span<Mbuf> burst = _produced;
            for (int i = 0; i < Turn; i += Sizes.Burst)
            {
                Require(mbufs.TryAllocatePackets(burst));
                while (!_ring.TryWrite(burst))
                {
                    if (_producer!.IsEnding)
                    {
                        mbufs.Free(burst);
                        return;
                    }

                    Partner.Pause();
                }
            }
        }
    }
}

/// <summary>A random order, the same in every run and in every program that is compared.</summary>
internal static class Shuffle
{
    private const uint Seed = 1;

    public static void Apply<T>(Span<T> items)
    {
        uint random = Seed;
        for (int i = items.Length - 1; i > 0; i--)
        {
            random = unchecked((random * 1664525) + 1013904223);
            int other = (int)(((ulong)random * (uint)(i + 1)) >> 32);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
