using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>The Internet checksum.</summary>
internal sealed class ChecksumOperations(MbufArenaOptions options) : Setting(options)
{
    private const int LongLength = (int)MbufClusterSize.Jumbo16;

    /// <summary>The longest packet, which takes as long to make as to sum up: it stays from one run to the next.</summary>
    private Mbuf _long;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("checksum-20", "20 bytes of a packet, a header's worth", static (on, count) => on.Sum(count, 1, 20)),
        Of("checksum-1500", "1,500 bytes in one segment", static (on, count) => on.Sum(count, 1, FrameLength))
            .Compared(new(0.5, 0.45), PeerNames.Dpdk)
            .Checked<ChecksumOperations>(static on => on.Sums(1, FrameLength)),
        Of("checksum-1500x4", "1,500 bytes in four segments", static (on, count) => on.Sum(count, 4, FrameLength))
            .Compared(new(0.6, 0.55), PeerNames.Dpdk)
            .Checked<ChecksumOperations>(static on => on.Sums(4, QuarterLength)),
        Of("checksum-update", "a 32-bit field changed, and the sum with it", static (on, count) =>
        {
            ushort checksum = 0x1234;
            for (uint i = 0; i < count; i++)
            {
                checksum = InternetChecksum.Update(checksum, i, i + 1);
            }

            Require(checksum != 0 || count > 0);
        }),
        Of("checksum-65536", "the Internet checksum of four segments of 16 KiB", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = on._long.IsNull ? on.Whole(mbufs, Sizes.Segments, LongLength) : mbufs.Open(on._long);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryComputeChecksum(0, Sizes.Segments * LongLength, out _));
            }

            on._long = packet.Detach();
        }).OnlyCompared(null, PeerNames.Dpdk, PeerNames.Vector)
            .Checked<ChecksumOperations>(static on => on.Sums(Sizes.Segments, LongLength)) with { Packets = 64 },
    ];

    private static Operation Of(string name, string text, Action<ChecksumOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ChecksumOperations(options), body);

    private void Sum(int count, int segments, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, segments, FrameLength / segments);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryComputeChecksum(0, length, out _));
        }
    }

    public override void Release()
    {
        if (!_long.IsNull)
        {
            using MbufScope mbufs = Arena.Enter();
            mbufs.Free([_long]);
            _long = default;
        }
    }

    /// <summary>Whether the sum is that of RFC 1071, word by word.</summary>
    private bool Sums(int segments, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Whole(mbufs, segments, length);
        ReadOnlySpan<byte> bytes = Payload(segments * length);
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return packet.TryComputeChecksum(0, bytes.Length, out ushort found) && found == (ushort)~sum;
    }
}

/// <summary>Checksums of whole packets: verified as a receiver does it, completed as a sender does it.</summary>
internal sealed class OffloadOperations : Setting
{
    private static readonly byte[] s_frame = Frames.Tcp(FrameLength - Frames.HeadersLength);
    private static readonly ushort s_pseudoHeader = Frames.PseudoHeader(s_frame, FrameLength - IPv4Header.Size);

    private readonly AlignedBytes _frame = new(s_frame);
    private readonly MbufInterface _plain = new("em0");
    private readonly MbufQueue _output;

    private OffloadOperations(MbufArenaOptions options)
        : base(options)
        => _output = new MbufQueue(Arena);

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("verify-tcp", "both checksums of a TCP packet of 1,500 bytes verified", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketFrom(on._frame.Span, 0, 0);
            for (int i = 0; i < count; i++)
            {
                packet.ChecksumFlags = MbufChecksumFlags.None;
                Require(packet.VerifyChecksums() is { Network: MbufChecksumVerdict.Valid, Transport: MbufChecksumVerdict.Valid });
            }
        }),
        Of("verify-noted", "the same where hardware has done it", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketFrom(on._frame.Span, 0, 0);
            Require(packet.VerifyChecksums().IsAcceptable);
            for (int i = 0; i < count; i++)
            {
                Require(packet.VerifyChecksums() is { Network: MbufChecksumVerdict.Valid, Transport: MbufChecksumVerdict.Valid });
            }
        }),
        Of("complete-tcp", "both checksums of a TCP packet of 1,500 bytes written", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketFrom(on._frame.Span, 0, 0);
            for (int i = 0; i < count; i++)
            {
                Ask(packet);
                Require(packet.CompleteChecksums(on._plain) == MbufOffloadStatus.Done);
            }
        }),
        Of("output-tcp", "the same, on the way to an interface's queue, and off it", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = mbufs.AllocatePacketFrom(on._frame.Span, 0, 0);
            for (int i = 0; i < count; i++)
            {
                Ask(packet);
                Require(packet.OutputInto(on._plain, on._output) == MbufOffloadStatus.Done
                    && on._output.TryDequeue(mbufs, out packet));
            }

            packet.Free();
        }),
    ];

    private static Operation Of(string name, string text, Action<OffloadOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new OffloadOperations(options), body);

    /// <summary>As a TCP leaves it: the pseudo header's sum in the field, and a request for the rest.</summary>
    private static void Ask(MbufChain packet)
    {
        Require(packet.TryGetWritable(out Span<byte> bytes));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[Frames.PlaceOfTcpChecksum..], s_pseudoHeader);
        packet.ChecksumFlags = MbufChecksumFlags.IPv4 | MbufChecksumFlags.Tcp;
        packet.ChecksumData = Frames.PlaceOfChecksumInTcp;
    }
}
