using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Model;

/// <content>Checksums.</content>
internal sealed partial class Churn
{
    private const int LengthOfIPv4Header = 20;
    private const uint PlaceOfUdpChecksum = 6;
    private const uint PlaceOfTcpChecksum = 16;

    private static readonly MbufInterface s_outgoing = new("lo0");

    /// <summary>An IPv4 packet whose transport checksum is to be completed, whatever becomes of it until then.</summary>
    private Outcome AllocateDatagram(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        bool isUdp = OneIn(2);
        Span<byte> bytes = _copied.AsSpan(0, LengthOfIPv4Header + 20 + RandomLength());
        RandomBytes(bytes.Length).CopyTo(bytes);
        bytes[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)bytes.Length);
        bytes[6] &= (byte)(OneIn(2) ? 0x40 : 0xFF); // Most of the others are fragments.
        bytes[7] &= (byte)(OneIn(2) ? 0x00 : 0xFF);
        bytes[9] = OneIn(4) ? bytes[9] : isUdp ? (byte)IPProtocol.Udp : (byte)IPProtocol.Tcp;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(OneIn(2) ? 0 : _random.Next(ushort.MaxValue)));
        bytes[9] = (byte)(isUdp ? IPProtocol.Udp : IPProtocol.Tcp);
        bytes[LengthOfIPv4Header + 12] = isUdp || OneIn(4) ? bytes[LengthOfIPv4Header + 12] : (byte)0x50;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(LengthOfIPv4Header + 4)..], (ushort)(bytes.Length - LengthOfIPv4Header));
        CountFailures();
        using MbufChain chain = mbufs.AllocatePacketFrom(bytes, headroom: 0, receiveInterface: 0);
        if (chain.IsNull)
        {
            RequireFailure();
            return Outcome.Exhausted;
        }

        ModelPacket packet = NewPacket(hasHeader: true);
        packet.Append(bytes);
        packet.Header = packet.Header with
        {
            ChecksumFlags = chain.ChecksumFlags = isUdp ? MbufChecksumFlags.Udp : MbufChecksumFlags.Tcp,
            ChecksumData = chain.ChecksumData = isUdp ? PlaceOfUdpChecksum : PlaceOfTcpChecksum,
        };
        using MbufChain share = IsFull ? default : chain.Share();
        if (!share.IsNull)
        {
            ModelPacket copy = NewPacket(hasHeader: true);
            packet.CopyInto(copy);
            Add(copy, share);
        }

        Add(packet, chain);
        return Outcome.Done;
    }

    private Outcome CompleteChecksum(in MbufScope mbufs)
    {
        if (PickDatagram() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        bool isPossible = ModelChecksum.TryFind(packet, out int field, out ushort checksum);
        if (!chain.TryCompleteTransportChecksum())
        {
            return Refused(packet, chain, isPossible);
        }

        Require(isPossible, "There is no checksum to complete.");
        BinaryPrimitives.WriteUInt16BigEndian(packet.Bytes.Span[field..], checksum);
        return Done(packet, chain);
    }

    private Outcome ComputeChecksum(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int offset = RandomOffset(packet.Length);
        int length = RandomRange(packet.Length, offset);
        bool isInside = offset + length <= packet.Length;
        Require(chain.TryComputeChecksum(offset, length, out ushort checksum) == isInside, "What is inside is summed, and nothing else.");
        if (!isInside)
        {
            Require(checksum == 0, "There is no checksum of what is not inside.");
            return Refused(packet, chain, possible: false);
        }

        Require(checksum == ModelChecksum.Of(packet.Bytes.Span.Slice(offset, length)), "The checksum is right.");
        return Unchanged(packet, chain);
    }

    private Outcome VerifyChecksums(in MbufScope mbufs)
    {
        if (PickDatagram() is not { } packet || packet.Length < LengthOfIPv4Header || packet.Bytes.Span[0] != 0x45)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ModelHeader asIfNew = packet.Header with { ChecksumFlags = 0 };
        Require(chain.InspectChecksums() == ModelVerdict.Of(packet.Bytes.Span, ref asIfNew), "Flags change nothing that is computed.");
        ModelHeader header = packet.Header;
        Require(chain.VerifyChecksums() == ModelVerdict.Of(packet.Bytes.Span, ref header), "The verdicts are right.");
        packet.Header = header;
        return Done(packet, chain);
    }

    private Outcome CompleteChecksums(in MbufScope mbufs)
    {
        if (PickDatagram() is not { } packet || packet.Length < LengthOfIPv4Header || packet.Bytes.Span[0] != 0x45)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ModelHeader header = packet.Header;
        Span<byte> bytes = _copied.AsSpan(0, packet.Length);
        packet.Bytes.Span.CopyTo(bytes);
        MbufOffloadStatus expected = ModelOutput.Complete(bytes, ref header);
        MbufOffloadStatus status = chain.CompleteChecksums(s_outgoing);
        if (status is MbufOffloadStatus.Exhausted)
        {
            return Refused(packet, chain, expected == MbufOffloadStatus.Done);
        }

        Require(status == expected, $"The checksums are {expected}, not {status}.");
        if (status != MbufOffloadStatus.Done)
        {
            return Refused(packet, chain, possible: false);
        }

        bytes.CopyTo(packet.Bytes.Span);
        packet.Header = header;
        return Done(packet, chain);
    }

    /// <summary>A packet with a header, and one that starts like IPv4 if one is found in a few attempts.</summary>
    private ModelPacket? PickDatagram()
    {
        ModelPacket? packet = null;
        for (int attempt = 0; attempt < 10 && (packet is null || packet.Length < LengthOfIPv4Header || packet.Bytes.Span[0] != 0x45); attempt++)
        {
            packet = PickWithHeader() ?? packet;
        }

        return packet;
    }
}
