using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>Packets cut into fragments and segments.</summary>
internal sealed class SegmentationOperations : Setting
{
    private const int Segments = 10;
    private const ushort SegmentSize = 1460;

    private static readonly byte[] s_headers = Frames.Tcp(Segments * SegmentSize)[..Frames.HeadersLength];

    private readonly MbufQueue _queue;
    private readonly AlignedBytes _headers = new(s_headers);
    private readonly AlignedBytes _ipv4 = new(FragmentedHeader());
    private readonly AlignedBytes _ipv6 = new([0x60, 0, 0, 0, 0x0F, 0x78, 17, 64, .. new byte[32]]);

    private SegmentationOperations(MbufArenaOptions options)
        : base(options)
        => _queue = new MbufQueue(Arena);

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of(
            "fragment-ipv4", "IPv4 packet of 1,400 + 1,300 + 1,300 bytes made, cut for an MTU of 1,500, freed",
            static (on, count) => on.FragmentIPv4(count)),
        Of(
            "fragment-4000", "an IPv4 packet of 1400 + 1300 + 1300 bytes made, cut for an MTU of 1500, and freed",
            static (on, count) => on.FragmentIPv4(count)).OnlyCompared(new(0.75, 0.6), PeerNames.Dpdk),
        // With an identification of ours: the system's random numbers are not the engine's work.
        Of("fragment-ipv6", "the same with IPv6", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = Fragmented(mbufs, on._ipv6.Span);
                Require(packet.FragmentInto(Sizes.FragmentMtu, on._queue, (uint)i) == MbufOffloadStatus.Done);
                on._queue.Drain(mbufs);
            }
        }),
        Of("segment-tcp", "TCP packet of ten segments made in one cluster, cut, freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
                Require(packet.TryAppend(Frames.HeadersLength + (Segments * SegmentSize), out Span<byte> room));
                on._headers.Span.CopyTo(room);
                packet.ChecksumFlags = MbufChecksumFlags.TcpSegmentation;
                packet.SegmentSize = SegmentSize;
                Require(packet.SegmentInto(on._queue) == MbufOffloadStatus.Done && on._queue.Drain(mbufs) == Segments);
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<SegmentationOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new SegmentationOperations(options), body);

    private static MbufChain Fragmented(in MbufScope mbufs, ReadOnlySpan<byte> header)
    {
        MbufChain packet = mbufs.AllocatePacket();
        Require(packet.TryAppend(Sizes.FragmentedFirst, out Span<byte> room));
        header.CopyTo(room);
        for (int k = 0; k < 2; k++)
        {
            MbufChain behind = mbufs.AllocateMbufWithCluster();
            Require(behind.TryAppend(Sizes.FragmentedNext, out _));
            packet.Append(behind);
        }

        return packet;
    }

    private static byte[] FragmentedHeader()
    {
        byte[] header = new byte[IPv4Header.Size];
        Frames.WriteIPv4(header, Sizes.FragmentedFirst + (2 * Sizes.FragmentedNext), IPProtocol.Udp, 0);
        return header;
    }

    private void FragmentIPv4(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = Fragmented(mbufs, _ipv4.Span);
            Require(packet.FragmentInto(Sizes.FragmentMtu, _queue) == MbufOffloadStatus.Done);
            _queue.Drain(mbufs);
        }
    }
}

/// <summary>Fragments joined.</summary>
internal sealed class ReassemblyOperations : Setting
{
    private const int FragmentLength = 1000;

    private readonly MbufReassembler _reassembler;
    private readonly AlignedBytes _first = new(Frames.Fragment(0, FragmentLength, isLast: false));
    private readonly AlignedBytes _second = new(Frames.Fragment(FragmentLength, FragmentLength, isLast: false));
    private readonly AlignedBytes _third = new(Frames.Fragment(2 * FragmentLength, FragmentLength, isLast: true));
    private readonly AlignedBytes _whole = new(Frames.Tcp(Sizes.PayloadLength));

    private ReassemblyOperations(MbufArenaOptions options)
        : base(options)
        => _reassembler = new MbufReassembler(Arena, new MbufReassemblerOptions { TimeProvider = new StandingTime() });

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("reassemble-3", "three fragments of 1,000 bytes made, joined in order, the packet freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                Require(on.Add(mbufs, on._first.Span, out _) == MbufReassemblyStatus.Held);
                Require(on.Add(mbufs, on._second.Span, out _) == MbufReassemblyStatus.Held);
                Require(on.Add(mbufs, on._third.Span, out MbufChain packet) == MbufReassemblyStatus.Complete);
                packet.Free();
            }
        }),
        Of("reassemble-reverse", "the same in reverse order", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                Require(on.Add(mbufs, on._third.Span, out _) == MbufReassemblyStatus.Held);
                Require(on.Add(mbufs, on._second.Span, out _) == MbufReassemblyStatus.Held);
                Require(on.Add(mbufs, on._first.Span, out MbufChain packet) == MbufReassemblyStatus.Complete);
                packet.Free();
            }
        }),
        Of("reassemble-none", "a packet that is no fragment", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = mbufs.AllocatePacketFrom(on._whole.Span, 0, 0);
            for (int i = 0; i < count; i++)
            {
                Require(on._reassembler.Add(mbufs, packet, out packet) == MbufReassemblyStatus.NotFragment);
            }

            packet.Free();
        }),
    ];

    private static Operation Of(string name, string text, Action<ReassemblyOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ReassemblyOperations(options), body);

    public override void Dispose()
    {
        _reassembler.Dispose();
        base.Dispose();
    }

    private MbufReassemblyStatus Add(in MbufScope mbufs, ReadOnlySpan<byte> fragment, out MbufChain packet)
        => _reassembler.Add(mbufs, mbufs.AllocatePacketFrom(fragment, 0, 0), out packet);
}

/// <summary>A clock that stands still: reading the system's takes instructions that differ from run to run.</summary>
internal sealed class StandingTime : TimeProvider
{
    public override long GetTimestamp() => 0;
}
