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
            packet.Header = packet.Header with { ChecksumFlags = chain.ChecksumFlags &= MbufChecksumFlags.DelayedIp | MbufChecksumFlags.IpFragments };
            _before.Take(chain);
        }

        int mtu = Noted(Math.Max(28, LengthOfIPv4Header + (packet.Length / (1 + _random.Next(MostParts - 1))) + _random.Next(8)));
        MbufOffloadStatus expected = ModelFragments.StatusOf(packet, mtu);
        MbufOffloadStatus status = OneIn(2) ? chain.FragmentInto(mtu, _parts) : chain.FragmentInto(mtu, _parts, 1);
        if (status != MbufOffloadStatus.Done)
        {
            bool isExhausted = status == MbufOffloadStatus.Exhausted && expected == MbufOffloadStatus.Done;
            Require(isExhausted || status == expected, $"Refused as {status}; it should have been {expected}.");
            return Refused(packet, chain, possible: status == MbufOffloadStatus.Exhausted);
        }

        Require(expected == status && !chain.IsOwned, $"It was done; it should have been {expected}.");
        return TakeParts(mbufs, packet, ModelFragments.Cut(packet, mtu, () => NewPacket(hasHeader: true)));
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
