namespace Engine.Mbufs.Tests.Model;

/// <summary>A packet, or a chain without header, and everything that it must be. The verbs are the engine's, done plainly.</summary>
internal sealed class ModelPacket
{
    /// <summary>What an operation that sets flags sets and clears; a read-only mark belongs to the storage, and is not looked at here.</summary>
    /// <remarks>Not the end of a record, which is the last mbuf's: whether the first is that one, the layout says.</remarks>
    public const MbufFlags Settable = (MbufFlags)0x00FF_FFFF
        & ~(MbufFlags.External | MbufFlags.PacketHeader | MbufFlags.ReadOnly | MbufFlags.EndOfRecord);

    /// <summary>Names the packet in messages.</summary>
    public int Number { get; set; }

    public Mbuf Handle { get; set; }

    /// <summary>An operation is at it, and nobody else may free it.</summary>
    public bool IsOpen { get; set; }

    public ModelBytes Bytes { get; } = new();

    public List<ModelTag> Tags { get; } = [];

    public MbufFlags Flags { get; set; }

    public MbufType Type { get; set; }

    public ModelHeader Header { get; set; }

    /// <summary>Mbufs, and the first one's index, as of the last time that the packet was looked at.</summary>
    public int Segments { get; set; }

    public uint Index { get; set; }

    public int Length => Bytes.Length;

    public bool HasHeader => (Flags & MbufFlags.PacketHeader) != 0;

    public int PacketLength
    {
        get => Header.PacketLength;
        set => Header = Header with { PacketLength = value };
    }

    /// <summary>The state of a chain that was just allocated.</summary>
    public void Start(bool hasHeader)
    {
        Bytes.Clear();
        Tags.Clear();
        Flags = hasHeader ? MbufFlags.PacketHeader : MbufFlags.None;
        Type = MbufType.Data;
        Header = default;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Bytes.Append(bytes);
        Count(bytes.Length);
    }

    public void Prepend(ReadOnlySpan<byte> bytes)
    {
        Bytes.Prepend(bytes);
        Bytes.ForgetEnds(); // Where it takes another mbuf, the first one's mark stays with the packet header, as M_PREPEND leaves it.
        Count(bytes.Length);
    }

    public int TrimStart(int count)
    {
        count = Bytes.TrimStart(count);
        Bytes.Ends[..Math.Min(1, Length)].Fill(ModelBytes.Unknown); // The first mbuf keeps its flags, as m_adj leaves them.
        Count(-count);
        return count;
    }

    public int TrimEnd(int count)
    {
        count = Bytes.TrimEnd(count);
        Count(-count);
        return count;
    }

    public void CopyBack(int offset, ReadOnlySpan<byte> bytes)
    {
        Bytes.CopyBack(offset, bytes);
        if (HasHeader)
        {
            PacketLength = Math.Max(PacketLength, offset + bytes.Length);
        }
    }

    /// <summary>The packet length follows what is added and trimmed, and ends at 0 and at the largest length if it is a lie.</summary>
    public void Count(long change)
    {
        if (HasHeader)
        {
            PacketLength = (int)Math.Clamp(PacketLength + change, 0, int.MaxValue);
        }
    }

    /// <summary>The rest of a packet is a packet with the interface, its part of the length, and nothing else of the header.</summary>
    public void SplitInto(int offset, ModelPacket rest)
    {
        rest.Start(HasHeader);
        rest.Bytes.Set(Bytes.Span[offset..]);
        Bytes.Labels[offset..].CopyTo(rest.Bytes.Labels);
        Bytes.TrimEnd(Length - offset);
        Bytes.ForgetEnds(); // A mark in the mbuf that is cut stays with the front, as m_split leaves it.
        if (HasHeader)
        {
            rest.Header = new ModelHeader
            {
                ReceiveInterface = Header.ReceiveInterface,
                PacketLength = Math.Max(0, PacketLength - offset),
            };
            PacketLength = offset;
        }
    }

    /// <summary>The front of a packet is a packet with the interface, its part of the length, and nothing else of the header.</summary>
    public void TakeFrontInto(int length, ModelPacket front)
    {
        front.Start(HasHeader);
        front.Bytes.Set(Bytes.Span[..length]);
        Bytes.Labels[..length].CopyTo(front.Bytes.Labels);
        Bytes.TrimStart(length);
        front.Bytes.ForgetEnds();
        Bytes.ForgetEnds();
        if (HasHeader)
        {
            front.Header = new ModelHeader { ReceiveInterface = Header.ReceiveInterface, PacketLength = length };
            PacketLength = Math.Max(0, PacketLength - length);
        }
    }

    /// <summary>The other becomes a copy: bytes, header, tags, flags and type.</summary>
    public void CopyInto(ModelPacket copy)
    {
        copy.Bytes.Set(Bytes.Span);
        Bytes.Labels.CopyTo(copy.Bytes.Labels);
        copy.Tags.Clear();
        copy.Tags.AddRange(Tags);
        copy.Flags = Flags;
        copy.Type = Type;
        copy.Header = Header;
    }

    /// <summary>The other becomes a copy of a part: with everything else if it starts at the front, and bare if it does not.</summary>
    public void CopyRangeInto(ModelPacket copy, int offset, int end)
    {
        copy.Start(hasHeader: false);
        if (offset == 0)
        {
            CopyInto(copy);
        }

        copy.Bytes.Set(Bytes.Span[offset..end]);
        Bytes.Labels[offset..end].CopyTo(copy.Bytes.Labels);
    }

    public void TakeFieldsFrom(ModelPacket other)
    {
        Header = other.Header;
        Flags = (other.Flags & Settable) | MbufFlags.PacketHeader;
        Bytes.ForgetEnds(); // M_COPYFLAGS has the end of a record.
        Tags.Clear();
    }

    /// <summary>What <c>m_demote_pkthdr</c> leaves: the other flags stay.</summary>
    public void DropHeader()
    {
        Flags &= ~MbufFlags.PacketHeader;
        Header = default;
        Tags.Clear();
    }
}
