namespace Engine.Mbufs.Bench.Operations;

/// <summary>Bytes and chains added, at the end and at the front.</summary>
internal sealed class GrowOperations(MbufArenaOptions options) : Setting(options)
{
    private const int LongLength = 4000;
    private const int LongHeader = 200;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("append-64", "64 bytes copied behind a packet's, trimmed off again", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            ReadOnlySpan<byte> payload = on.Payload(Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryAppend(payload));
                packet.TrimEnd(Sizes.PayloadLength);
            }
        }),
        Of("extend-64", "room for 64 bytes behind a packet's, trimmed off again", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryAppend(Sizes.PayloadLength, out _));
                packet.TrimEnd(Sizes.PayloadLength);
            }
        }),
        Of("append-4000", "packet made of 4,000 bytes in two clusters", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            ReadOnlySpan<byte> payload = on.Payload(LongLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(packet.TryAppend(payload));
                packet.Free();
            }
        }),
        Of("prepend-room", "14 bytes prepended in the headroom, trimmed off again", static (on, count) => on.Prepend(count)),
        Of(
            "prepend-trim", "14 bytes prepended in the headroom, and trimmed off again",
            static (on, count) => on.Prepend(count)).OnlyCompared(new(0.85, 0.6), PeerNames.Dpdk),
        Of("prepend-no-room", "200 bytes prepended where there is no room: another mbuf", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(packet.TryAppend(Sizes.PayloadLength, out _));
                Require(packet.TryPrepend(LongHeader, out _));
                packet.Free();
            }
        }),
        Of("concatenate-4", "four packets of 64 bytes made one, and freed", static (on, count) => on.Concatenate(count)),
        Of("add-room", "room for 4,000 bytes taken, and freed with the packet", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(packet.TryAddRoom(LongLength));
                packet.Free();
            }
        }),
        // The headroom is used up first; the mbuf that then comes in front is freed by the trim.
        Of(
            "prepend-no-room", "14 bytes prepended where there is no room, in another mbuf, and trimmed off again",
            static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, Sizes.PayloadLength);
            Require(packet.TryPrepend(packet.Headroom, out _));
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryPrepend(Sizes.HeaderLength, out _));
                packet.TrimStart(Sizes.HeaderLength);
            }
        }).OnlyCompared(null, PeerNames.Dpdk),
        Of("chain4", "four packets allocated, 64 bytes written into each, made one, and freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            ReadOnlySpan<byte> payload = on.Payload(Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Write(packet, payload);
                for (int k = 1; k < Sizes.Segments; k++)
                {
                    MbufChain segment = mbufs.AllocatePacket();
                    Write(segment, payload);
                    packet.Append(segment);
                }

                packet.Free();
            }
        }).OnlyCompared(new(0.85, 0.5), PeerNames.Dpdk, PeerNames.DpdkByHand, PeerNames.Pipe, PeerNames.Sequence),
    ];

    private static Operation Of(string name, string text, Action<GrowOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new GrowOperations(options), body);

    /// <summary>Not where it is listed: with its chain in a lambda the JIT keeps less of it in registers.</summary>
    private void Concatenate(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        ReadOnlySpan<byte> payload = Payload(Sizes.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            Require(packet.TryAppend(payload));
            for (int k = 1; k < 4; k++)
            {
                MbufChain behind = mbufs.AllocatePacket();
                Require(behind.TryAppend(payload));
                packet.AppendKeepingPacketLength(behind);
            }

            packet.Free();
        }
    }

    private void Prepend(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Sizes.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryPrepend(Sizes.HeaderLength, out _));
            packet.TrimStart(Sizes.HeaderLength);
        }
    }
}

/// <summary>Bytes taken off, within an mbuf and over several.</summary>
internal sealed class TrimOperations(MbufArenaOptions options) : Setting(options)
{
    private const int Header = Sizes.HeaderLength;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("trim-start", "14 bytes off the front of a packet that is made for it", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(packet.TryAppend(FrameLength, out _) && packet.TrimStart(Header) == Header);
                packet.Free();
            }
        }),
        Of("trim-end", "14 bytes off the end", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(packet.TryAppend(FrameLength, out _) && packet.TrimEnd(Header) == Header);
                packet.Free();
            }
        }),
        Of("trim-start-segments", "1,000 of 4 x 375 bytes off the front", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
                Require(packet.TrimStart(1000) == 1000);
                packet.Free();
            }
        }),
        Of("trim-end-segments", "1,000 of 4 x 375 bytes off the end", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
                Require(packet.TrimEnd(1000) == 1000);
                packet.Free();
            }
        }),
        Of("free-first", "the first of four mbufs freed, then the rest", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
                packet.FreeFirstSegment(out MbufChain rest);
                rest.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<TrimOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new TrimOperations(options), body);
}
