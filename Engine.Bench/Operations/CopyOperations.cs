namespace Engine.Mbufs.Bench.Operations;

/// <summary>Bytes copied out of packets, into them, and from one to another.</summary>
internal sealed class CopyOperations(MbufArenaOptions options) : Setting(options)
{
    private readonly AlignedBytes _destination = new(FrameLength);

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("copy-out-1500", "1,500 bytes of one segment copied out", static (on, count) => on.CopyOut(count, 1)),
        Of("copy-out-1500x4", "1,500 bytes of four segments copied out", static (on, count) => on.CopyOut(count, 4))
            .Compared(null, PeerNames.Dpdk, PeerNames.DpdkByHand, PeerNames.Sequence, PeerNames.MemoryCopy)
            .Checked<CopyOperations>(static on => on.CopiesOut(Sizes.Segments, QuarterLength, FrameLength)),
        Of("copy-back-64", "64 bytes of a packet overwritten", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            ReadOnlySpan<byte> bytes = on.Payload(Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryCopyFrom(QuarterLength, bytes));
            }
        }),
        Of("copy-back-shared", "the same where the cluster is shared: it is copied first", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            ReadOnlySpan<byte> bytes = on.Payload(Sizes.PayloadLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.Share();
                Require(share.TryCopyFrom(QuarterLength, bytes));
                share.Free();
            }
        }),
        Of("duplicate-1500", "packet of one segment copied, the copy freed", static (on, count) => on.Duplicate(count, 1)),
        Of(
            "copy-1500", "one segment of 1,500 bytes copied (m_dup), and the copy freed",
            static (on, count) => on.Duplicate(count, 1))
            .OnlyCompared(
                new(0.75, 0.6), [.. PeerNames.Pools, PeerNames.DpdkByHand, PeerNames.Pipe, PeerNames.MemoryCopy])
            .Checked<CopyOperations>(static on =>
            {
                using MbufScope mbufs = on.Arena.Enter();
                MbufChain packet = on.Packet(mbufs, FrameLength);
                using MbufChain copy = packet.Duplicate();
                packet.Free();
                return copy.SequenceEqual(on.Payload(FrameLength));
            }),
        Of("duplicate-1500x4", "packet of four segments copied, the copy freed", static (on, count) => on.Duplicate(count, 4)),
        Of("apply-1500x4", "a visitor sees four segments", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                var counter = default(ByteCounter);
                Require(packet.TryVisit(0, FrameLength, ref counter, out _) && counter.Bytes == FrameLength);
            }
        }),
        Of("parse-54x2", "54 bytes of headers that lie in two segments read, copied together", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 2, Sizes.ParsedFirst);
            Span<byte> headers = stackalloc byte[Sizes.ParsedLength];
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryCopyTo(0, headers));
            }
        }).OnlyCompared(null, PeerNames.Dpdk, PeerNames.Sequence)
            .Checked<CopyOperations>(static on => on.CopiesOut(2, Sizes.ParsedFirst, Sizes.ParsedLength)),
    ];

    private static Operation Of(string name, string text, Action<CopyOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new CopyOperations(options), body);

    private void CopyOut(int count, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        Span<byte> destination = _destination.Span;
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryCopyTo(0, destination));
        }
    }

    private void Duplicate(int count, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        for (int i = 0; i < count; i++)
        {
            MbufChain copy = packet.Duplicate();
            Require(!copy.IsNull);
            copy.Free();
        }
    }

    private struct ByteCounter : IMbufVisitor
    {
        public int Bytes;

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            Bytes += bytes.Length;
            return 0;
        }
    }

    private bool CopiesOut(int segments, int length, int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Whole(mbufs, segments, length);
        Span<byte> bytes = _destination.Span[..count];
        return packet.TryCopyTo(0, bytes) && bytes.SequenceEqual(Payload(count));
    }
}

/// <summary>Clusters with more than one reader, and packets that get their own again.</summary>
internal sealed class ShareOperations(MbufArenaOptions options) : Setting(options)
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("share", "packet of one cluster shared, the share freed", static (on, count) => on.Share(count, 1)),
        Of(
            "share-free", "one segment of 1,500 bytes shared (m_copypacket), and the share freed",
            static (on, count) => on.Share(count, 1))
            .OnlyCompared(new(0.5, 0.35), PeerNames.Dpdk)
            .Checked<ShareOperations>(static on =>
            {
                using MbufScope mbufs = on.Arena.Enter();
                MbufChain packet = on.Packet(mbufs, FrameLength);
                using MbufChain share = packet.Share();
                packet.Free();
                return share.SequenceEqual(on.Payload(FrameLength));
            }),
        Of("share-4", "packet of four clusters shared, the share freed", static (on, count) => on.Share(count, 4)),
        Of("share-third", "a packet that is shared already shared once more", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            using MbufChain second = packet.Share();
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.Share();
                Require(!share.IsNull);
                share.Free();
            }
        }),
        Of("share-range", "700 of 4 x 375 bytes shared, the share freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryShare(300, 700, out MbufChain share));
                share.Free();
            }
        }),
        Of("share-behind-head", "a second header over the same four clusters", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.ShareBehindHead(Sizes.PayloadLength);
                Require(!share.IsNull);
                share.Free();
            }
        }),
        Of("unshare-1500", "a share that gets a cluster of its own", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, FrameLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.Share();
                Require(share.TryUnshare());
                share.Free();
            }
        }),
        Of("make-writable", "a share of four clusters that gets one of its own", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.Share();
                Require(share.TryMakeWritable(0, Sizes.PayloadLength));
                share.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<ShareOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ShareOperations(options), body);

    private void Share(int count, int segments)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(!share.IsNull);
            share.Free();
        }
    }
}
