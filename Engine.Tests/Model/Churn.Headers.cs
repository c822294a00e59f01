namespace Engine.Mbufs.Tests.Model;

/// <content>The fields of packet headers, their way from one packet to another, flags and types.</content>
internal sealed partial class Churn
{
    private static readonly MbufType[] s_types = Enum.GetValues<MbufType>();

    private static readonly FieldSetter[] s_setters =
    [
        static (chain, ref header, value) => chain.ReceiveInterface = header.ReceiveInterface = (ushort)value,
        static (chain, ref header, value) => chain.ChecksumFlags = header.ChecksumFlags = (MbufChecksumFlags)value,
        static (chain, ref header, value) => chain.ChecksumData = header.ChecksumData = value,
        static (chain, ref header, value) => chain.FlowId = header.FlowId = value,
        static (chain, ref header, value) => chain.HashType = header.HashType = (MbufHashType)value,
        static (chain, ref header, value) => chain.VlanTag = header.VlanTag = (ushort)value,
        static (chain, ref header, value) => chain.RoutingTable = header.RoutingTable = (ushort)value,
        static (chain, ref header, value) => chain.SegmentSize = header.SegmentSize = (ushort)value,
        static (chain, ref header, value) => chain.Layer2HeaderLength = header.Layer2HeaderLength = (byte)value,
        static (chain, ref header, value) => chain.Layer3HeaderLength = header.Layer3HeaderLength = (byte)value,
        static (chain, ref header, value) => chain.Layer4HeaderLength = header.Layer4HeaderLength = (byte)value,
        static (chain, ref header, value) => chain.Layer5HeaderLength = header.Layer5HeaderLength = (byte)value,
        static (chain, ref header, value) => chain.ReceiveTimestamp = header.ReceiveTimestamp = ((ulong)value << 32) + value,
    ];

    private delegate void FieldSetter(MbufChain chain, ref ModelHeader header, uint value);

    private Outcome SetField(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int field = Noted(_random.Next(s_setters.Length));
        uint value = (uint)_random.Next();
        ModelHeader header = packet.Header;
        s_setters[field](chain, ref header, value);
        packet.Header = header;
        return Done(packet, chain);
    }

    /// <summary>Lets the packet length lie for a while, or puts it right.</summary>
    private Outcome SetPacketLength(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = Noted(_random.Next(6) switch
        {
            0 => _random.Next(2 * MostBytes),
            1 => int.MaxValue - _random.Next(3),
            _ => packet.Length,
        });
        chain.PacketLength = length;
        packet.PacketLength = length;
        return Done(packet, chain);
    }

    private Outcome FixPacketLength(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        Require(chain.FixPacketLength() == packet.Length, "It is the true length.");
        packet.PacketLength = packet.Length;
        return Done(packet, chain);
    }

    private Outcome RemoveHeader(in MbufScope mbufs)
    {
        if (PickWithHeader() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        chain.RemovePacketHeader();
        packet.DropHeader();
        return Done(packet, chain);
    }

    /// <summary>Takes flags away: of protocols, of all mbufs, or of all but the first; and the header in the second case.</summary>
    private Outcome Demote(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufFlags keep = (MbufFlags)Noted((uint)_random.Next());
        switch (Noted(_random.Next(3)))
        {
            case 0:
                chain.Demote(keep);
                packet.DropHeader();
                packet.Flags &= keep;
                packet.Bytes.ForgetEnds();
                break;
            case 1:
                chain.DemoteInterior(keep);
                packet.Bytes.ForgetEnds();
                break;
            default:
                chain.ClearProtocolFlags();
                packet.Flags &= ~MbufFlags.AnyProtocol;
                break;
        }

        return Done(packet, chain);
    }

    private Outcome SetFlags(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufFlags flags = (MbufFlags)Noted((uint)_random.Next() & ~(uint)MbufFlags.ReadOnly);
        chain.Flags = flags;
        packet.Flags = (packet.Flags & MbufFlags.PacketHeader) | (flags & ModelPacket.Settable);
        packet.Bytes.ForgetEnds();
        return Done(packet, chain);
    }

    private Outcome SetType(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        packet.Type = s_types[_random.Next(s_types.Length)];
        chain.Type = packet.Type;
        packet.Bytes.ForgetLabels();
        return Done(packet, chain);
    }

    /// <summary>Marks the first storage read-only, or takes the mark off again, unless it was attached with it.</summary>
    private Outcome MarkReadOnly(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        bool isMarked = (chain.Flags & MbufFlags.ReadOnly) != 0;
        ref MbufHeader head = ref _arena.Memory.Header(chain.Index);
        if (!isMarked)
        {
            chain.Flags |= MbufFlags.ReadOnly;
            Require(!chain.IsWritable && chain.Headroom == 0, "What is read-only is not writable.");
        }
        else if (head.Kind != ZoneId.External || !StorageOf(ref head).IsReadOnly)
        {
            chain.DangerousClearReadOnly();
        }

        chain.Flags = chain.Flags; // Which does not take the mark off.
        return Done(packet, chain);
    }

    private Outcome MoveHeader(in MbufScope mbufs)
    {
        if (Pick() is not { } packet || PickBut(packet) is not { HasHeader: true } other)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufChain from = BeginOther(mbufs, other);
        chain.MovePacketHeaderFrom(from);
        packet.TakeFieldsFrom(other);
        packet.Tags.AddRange(other.Tags);
        other.DropHeader();
        Close(other, from);
        return Done(packet, chain);
    }

    private Outcome CopyHeader(in MbufScope mbufs)
    {
        if (Pick() is not { } packet || PickBut(packet) is not { HasHeader: true } other)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufChain from = BeginOther(mbufs, other);
        if (!chain.TryCopyPacketHeaderFrom(from))
        {
            return Exhausted(packet, chain, other, from);
        }

        packet.TakeFieldsFrom(other);
        packet.Tags.AddRange(other.Tags);
        Close(other, from);
        return Done(packet, chain);
    }

    private Outcome CopyFields(in MbufScope mbufs)
    {
        if (Pick() is not { } packet || PickBut(packet) is not { HasHeader: true } other)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufChain from = BeginOther(mbufs, other);
        chain.CopyPacketFieldsFrom(from);
        packet.TakeFieldsFrom(other);
        Close(other, from);
        return Done(packet, chain);
    }
}
