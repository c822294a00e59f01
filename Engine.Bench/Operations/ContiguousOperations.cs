namespace Engine.Mbufs.Bench.Operations;

/// <summary>Bytes made contiguous: at the front, in the middle, all of them.</summary>
internal sealed class ContiguousOperations(MbufArenaOptions options) : Setting(options)
{
    private const int FirstLength = 20;
    private const int HeadersLength = 40;
    private const int InThird = (2 * QuarterLength) + FirstLength;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("pull-up-there", "40 bytes that are contiguous already", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryPullUp(HeadersLength, out ReadOnlySpan<byte> view) && view.Length == HeadersLength);
            }
        }),
        Of("pull-up", "40 bytes, 20 of them in the next mbuf, of a packet that is made for it", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.InTwo(mbufs);
                Require(packet.TryPullUp(HeadersLength, out ReadOnlySpan<byte> view) && view.Length == HeadersLength);
                packet.Free();
            }
        }),
        Of("pull-down-there", "20 bytes in the third of four mbufs, contiguous already", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryPullDown(InThird, FirstLength, out ReadOnlySpan<byte> view) && view.Length == FirstLength);
            }
        }),
        Of("pull-down", "20 bytes on the border of two mbufs of a packet that is made for it", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.InTwo(mbufs);
                Require(packet.TryPullDown(FirstLength / 2, FirstLength, out ReadOnlySpan<byte> view)
                    && view.Length == FirstLength);
                packet.Free();
            }
        }),
        Of("copy-up", "40 bytes copied to an mbuf of their own", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.InTwo(mbufs);
                Require(packet.TryCopyUp(HeadersLength, Sizes.HeaderLength, out ReadOnlySpan<byte> view));
                Require(view.Length == HeadersLength);
                packet.Free();
            }
        }),
        Of("linearize-4", "4 x 375 bytes made one segment", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
                Require(packet.TryDefragment() && packet.SegmentCount == 1);
                packet.Free();
            }
        }),
        Of("collapse-8", "8 x 64 bytes made at most two segments", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, 8, Sizes.PayloadLength);
                Require(packet.TryCollapse(2));
                packet.Free();
            }
        }),
        Of("pieces-8", "1,500 bytes made mbufs of 192", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, FrameLength);
                Require(packet.TrySplitSegments(MbufSizes.InternalSize));
                packet.Free();
            }
        }),
        Of(
            "chain4-linearize", "four segments of 375 bytes allocated, made one packet, made one segment, and freed",
            static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                packet.TryAppend(QuarterLength, out _);
                for (int k = 1; k < Sizes.Segments; k++)
                {
                    MbufChain segment = mbufs.AllocatePacket();
                    segment.TryAppend(QuarterLength, out _);
                    packet.Append(segment);
                }

                // The room behind the first segment is enough, so three of the four are copied, as the peer does.
                packet.TryPullUp(FrameLength, out _);
                packet.Free();
            }
        }).OnlyCompared(
            new(0.8, 0.6), PeerNames.Dpdk, PeerNames.DpdkByHand, PeerNames.Sequence, PeerNames.MemoryCopy)
            .Checked<ContiguousOperations>(static on => on.PullsUp(Sizes.Segments, QuarterLength, FrameLength)),
        Of(
            "pullup-54", "a packet of two segments allocated, 54 bytes of headers made contiguous (m_pullup), and freed",
            static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                packet.TryAppend(Sizes.ParsedFirst, out _);
                MbufChain segment = mbufs.AllocateMbufWithCluster();
                segment.TryAppend(Sizes.PayloadLength, out _);
                packet.Append(segment);
                packet.TryPullUp(Sizes.ParsedLength, out _);
                packet.Free();
            }
        }).OnlyCompared(null, PeerNames.Dpdk)
            .Checked<ContiguousOperations>(static on => on.PullsUp(2, Sizes.ParsedFirst, Sizes.ParsedLength)),
    ];

    private static Operation Of(string name, string text, Action<ContiguousOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ContiguousOperations(options), body);

    /// <summary>A packet as drivers that split headers make it: 20 bytes in an mbuf, 1,480 in a cluster.</summary>
    private MbufChain InTwo(in MbufScope mbufs)
    {
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Require(packet.TryAppend(Payload(FirstLength)));
        MbufChain behind = mbufs.AllocateMbufWithCluster();
        Require(behind.TryAppend(FrameLength - FirstLength, out _));
        packet.Append(behind);
        return packet;
    }

    private bool PullsUp(int segments, int length, int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Whole(mbufs, segments, length);
        return packet.TryPullUp(count, out ReadOnlySpan<byte> view)
            && view.StartsWith(Payload(count))
            && packet.SequenceEqual(Payload(segments * length))
            && (count < segments * length || packet.SegmentCount == 1);
    }
}

/// <summary>Two packets made of one.</summary>
internal sealed class SplitOperations(MbufArenaOptions options) : Setting(options)
{
    private const int Middle = 700;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("split-cluster", "packet cut within its cluster, joined, freed", static (on, count) => on.Split(count, 1, Middle)),
        Of(
            "split-border", "packet of four segments cut between two, joined, freed",
            static (on, count) => on.Split(count, 4, 2 * QuarterLength)),
        Of("split-internal", "packet cut within an internal buffer", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            ReadOnlySpan<byte> payload = on.Payload(Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacketWithoutCluster();
                Require(packet.TryAppend(payload));
                Require(packet.TrySplit(Sizes.HeaderLength, out MbufChain rest));
                rest.Free();
                packet.Free();
            }
        }),
        Of("split-concat", "a packet of two segments made two packets (m_split), and one again (m_catpkt)", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 2, Sizes.HalfLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TrySplit(Sizes.HalfLength, out MbufChain rest));
                packet.Append(rest);
            }
        }).OnlyCompared(null, PeerNames.Dpdk)
            .Checked<SplitOperations>(static on =>
            {
                using MbufScope mbufs = on.Arena.Enter();
                using MbufChain packet = on.Whole(mbufs, 2, Sizes.HalfLength);
                if (!packet.TrySplit(Sizes.HalfLength, out MbufChain rest) || packet.Length != rest.Length)
                {
                    return false;
                }

                packet.Append(rest);
                return packet.SequenceEqual(on.Payload(2 * Sizes.HalfLength));
            }),
    ];

    private static Operation Of(string name, string text, Action<SplitOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new SplitOperations(options), body);

    private void Split(int count, int segments, int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
            Require(packet.TrySplit(offset, out MbufChain rest));
            packet.Append(rest);
            packet.Free();
        }
    }
}
