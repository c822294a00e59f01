using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Model;

/// <content>Packets cut into parts.</content>
internal sealed partial class Churn
{
    private const int MostParts = 6;

    private readonly MbufQueue _parts;

    /// <summary>An IPv4 packet, if it still is one, into fragments.</summary>
    private Outcome FragmentInto(in MbufScope mbufs)
    {
        if (_packets.Count + MostParts >= _settings.MostPackets || PickDatagram() is not { Length: >= LengthOfIPv4Header } packet
            || packet.Bytes.Span[0] != 0x45)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        if (!OneIn(4))
        {
            const MbufChecksumFlags Allowed = MbufChecksumFlags.IPv4 | MbufChecksumFlags.FragmentChecksums;
            packet.Header = packet.Header with { ChecksumFlags = chain.ChecksumFlags &= Allowed };
            _before.Take(chain);
        }

        int mtu = Noted(Math.Max(28, LengthOfIPv4Header + (packet.Length / (1 + _random.Next(MostParts - 1))) + _random.Next(8)));
        MbufOffloadStatus expected = ModelFragments.StatusOf(packet, mtu);
        MbufOffloadStatus status = OneIn(2) ? chain.FragmentInto(mtu, _parts) : chain.FragmentInto(mtu, _parts, 1);
        return CompareStatus(packet, chain, status, expected)
            ?? TakeParts(mbufs, packet, ModelFragments.Cut(packet, mtu, () => NewPacket(hasHeader: true)));
    }

    /// <summary>An IPv4 packet, if it still is one, into segments that it asks for, or that are asked for now.</summary>
    private Outcome SegmentInto(in MbufScope mbufs)
    {
        if (_packets.Count + MostParts >= _settings.MostPackets || PickDatagram() is not { Length: >= LengthOfIPv4Header } packet
            || packet.Bytes.Span[0] != 0x45)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        bool isUdp = packet.Bytes.Span[9] == (byte)IPProtocol.Udp;
        MbufChecksumFlags request = OneIn(12) ? (MbufChecksumFlags)(1u << _random.Next(13))
            : isUdp ? MbufChecksumFlags.UdpSegmentation | MbufChecksumFlags.Udp
            : MbufChecksumFlags.TcpSegmentation;
        packet.Header = packet.Header with
        {
            ChecksumFlags = chain.ChecksumFlags = request | MbufChecksumFlags.ChecksumDataValid,
            SegmentSize = chain.SegmentSize = (ushort)Noted(OneIn(20) ? 0 : 1 + (packet.Length / _random.Next(1, MostParts))),
        };
        _before.Take(chain);
        MbufOffloadStatus expected = ModelSegments.StatusOf(packet);
        MbufOffloadStatus status = chain.SegmentInto(_parts);
        return CompareStatus(packet, chain, status, expected)
            ?? TakeParts(mbufs, packet, ModelSegments.Cut(packet, () => NewPacket(hasHeader: true)));
    }

    /// <summary>An IPv4 packet, if it still is one, to an interface that does nothing by itself.</summary>
    private Outcome OutputInto(in MbufScope mbufs)
    {
        if (_packets.Count + MostParts >= _settings.MostPackets || PickDatagram() is not { Length: >= LengthOfIPv4Header } packet
            || packet.Bytes.Span[0] != 0x45)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        const MbufChecksumFlags Allowed = MbufChecksumFlags.IPv4 | MbufChecksumFlags.AnyTransport | MbufChecksumFlags.ChecksumDataValid;
        packet.Header = packet.Header with { ChecksumFlags = chain.ChecksumFlags &= Allowed };
        _before.Take(chain);
        int mtu = Noted(Math.Max(MbufInterface.MinimumMtu, LengthOfIPv4Header + (packet.Length / (1 + _random.Next(MostParts - 1)))));
        byte[] bytes = packet.Bytes.Span.ToArray();
        ModelHeader header = packet.Header;
        MbufOffloadStatus expected = ModelOutput.Check(bytes, header.ChecksumFlags & ~MbufChecksumFlags.ChecksumDataValid, header, out _);
        bool isWhole = expected != MbufOffloadStatus.Done || LengthOfPacket(bytes) <= mtu;
        if (expected == MbufOffloadStatus.Done)
        {
            packet.Header = isWhole ? header : header with { ChecksumFlags = header.ChecksumFlags & ~MbufChecksumFlags.IPv4 };
            ModelHeader completed = packet.Header;
            ModelOutput.Complete(packet.Bytes.Span, ref completed);
            packet.Header = completed;
            expected = isWhole ? expected : ModelFragments.StatusOf(packet, mtu);
        }

        MbufOffloadStatus status = chain.OutputInto(new MbufInterface("lo0", mtu: mtu), _parts);
        if (status != MbufOffloadStatus.Done)
        {
            bytes.CopyTo(packet.Bytes.Span);
            packet.Header = header;
            bool isExhausted = status == MbufOffloadStatus.Exhausted && expected == MbufOffloadStatus.Done;
            Require(isExhausted || status == expected, $"Refused as {status}; it should have been {expected}.");
            if (isExhausted)
            {
                RequireFailure();
            }

            Close(packet, chain); // Its layout may have changed: what was shared has become its own.
            return isExhausted ? Outcome.Exhausted : Outcome.OutOfReach;
        }

        Require(expected == status && !chain.IsOwned, $"It was done; it should have been {expected}.");
        return TakeParts(mbufs, packet, isWhole ? [packet] : ModelFragments.Cut(packet, mtu, () => NewPacket(hasHeader: true)));
    }

    private static int LengthOfPacket(ReadOnlySpan<byte> bytes)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return length == 0 ? bytes.Length : length;
    }

    /// <summary>The outcome of a refusal; null if it was done, as expected.</summary>
    private Outcome? CompareStatus(ModelPacket packet, MbufChain chain, MbufOffloadStatus status, MbufOffloadStatus expected)
    {
        if (status != MbufOffloadStatus.Done)
        {
            bool isExhausted = status == MbufOffloadStatus.Exhausted && expected == MbufOffloadStatus.Done;
            Require(isExhausted || status == expected, $"Refused as {status}; it should have been {expected}.");
            return Refused(packet, chain, possible: isExhausted);
        }

        Require(expected == status && !chain.IsOwned, $"It was done; it should have been {expected}.");
        return null;
    }

    private Outcome TakeParts(in MbufScope mbufs, ModelPacket packet, IReadOnlyList<ModelPacket> parts)
    {
        Require(_parts.Count == parts.Count, $"There are {_parts.Count} parts; there should be {parts.Count}.");
        foreach (ModelPacket part in parts)
        {
            Require(_parts.TryDequeue(mbufs, out MbufChain chain), "Every part is on the queue.");
            if (part == packet)
            {
                Close(part, chain);
            }
            else
            {
                Add(part, chain);
            }
        }

        Require(_parts.IsEmpty && _parts.Length == 0, "The queue is empty.");
        return Outcome.Done;
    }
}
