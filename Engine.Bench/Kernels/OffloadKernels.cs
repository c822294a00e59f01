using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Checksums of whole packets: verified as a receiver does it, completed as a sender does it.</summary>
internal sealed class OffloadKernels : KernelSetting
{
    private static readonly byte[] s_frame = Frames.Tcp(FrameLength - Frames.HeadersLength);
    private static readonly ushort s_pseudoHeader = Frames.PseudoHeader(s_frame, FrameLength - IPv4Header.Size);

    private readonly AlignedBytes _frame = new(s_frame);
    private readonly MbufInterface _plain = new("em0");
    private readonly MbufQueue _output;

    public OffloadKernels() => _output = new MbufQueue(Arena);

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<OffloadKernels>(
            "verify-tcp", "both checksums of a TCP packet of 1,500 bytes verified",
            static (on, count) => on.Verify(count)),
        Kernel.Of<OffloadKernels>(
            "verify-noted", "the same where hardware has done it",
            static (on, count) => on.VerifyNoted(count)),
        Kernel.Of<OffloadKernels>(
            "complete-tcp", "both checksums of a TCP packet of 1,500 bytes written",
            static (on, count) => on.Complete(count)),
        Kernel.Of<OffloadKernels>(
            "output-tcp", "the same, on the way to an interface's queue, and off it", static (on, count) => on.Output(count)),
    ];

    private void Verify(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketFrom(_frame.Span, 0, 0);
        for (int i = 0; i < count; i++)
        {
            packet.ChecksumFlags = MbufChecksumFlags.None;
            Require(packet.VerifyChecksums() is { Network: MbufChecksumVerdict.Valid, Transport: MbufChecksumVerdict.Valid });
        }
    }

    private void VerifyNoted(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketFrom(_frame.Span, 0, 0);
        Require(packet.VerifyChecksums().IsAcceptable);
        for (int i = 0; i < count; i++)
        {
            Require(packet.VerifyChecksums() is { Network: MbufChecksumVerdict.Valid, Transport: MbufChecksumVerdict.Valid });
        }
    }

    private void Complete(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketFrom(_frame.Span, 0, 0);
        for (int i = 0; i < count; i++)
        {
            Ask(packet);
            Require(packet.CompleteChecksums(_plain) == MbufOffloadStatus.Done);
        }
    }

    private void Output(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketFrom(_frame.Span, 0, 0);
        for (int i = 0; i < count; i++)
        {
            Ask(packet);
            Require(packet.OutputInto(_plain, _output) == MbufOffloadStatus.Done && _output.TryDequeue(mbufs, out packet));
        }

        packet.Free();
    }

    /// <summary>As a TCP leaves it: the pseudo header's sum in the field, and a request for the rest.</summary>
    private static void Ask(MbufChain packet)
    {
        Require(packet.TryGetWritable(out Span<byte> bytes));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[Frames.PlaceOfTcpChecksum..], s_pseudoHeader);
        packet.ChecksumFlags = MbufChecksumFlags.IPv4 | MbufChecksumFlags.Tcp;
        packet.ChecksumData = Frames.PlaceOfChecksumInTcp;
    }
}
