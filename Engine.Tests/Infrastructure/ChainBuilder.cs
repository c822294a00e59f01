namespace Engine.Mbufs.Tests;

/// <summary>Builds chains with a given layout: one mbuf for each <see cref="Segment"/>, in order.</summary>
public static class ChainBuilder
{
    /// <param name="mbufs">Where the mbufs come from.</param>
    /// <param name="kept">Receives the other packets that shared segments need; to be freed by the caller.</param>
    /// <param name="header">With a packet header or without.</param>
    /// <param name="content">The bytes of all segments.</param>
    /// <param name="layout">At least one segment; their lengths are those of the content.</param>
    public static MbufChain Build(
        in MbufScope mbufs, ICollection<Mbuf> kept, bool header, ReadOnlySpan<byte> content, ReadOnlySpan<Segment> layout)
    {
        MbufChain chain = BuildSegment(mbufs, kept, header, content[..layout[0].Length], layout[0]);
        int offset = layout[0].Length;
        foreach (Segment segment in layout[1..])
        {
            Link(chain, BuildSegment(mbufs, kept, header: false, content.Slice(offset, segment.Length), segment), segment.Length == 0);
            offset += segment.Length;
        }

        return offset == content.Length
            ? chain
            : throw new ArgumentException("The lengths of the segments are not the content's.", nameof(layout));
    }

    /// <summary>An empty chain would not be linked: it has a byte while it is.</summary>
    private static void Link(MbufChain chain, MbufChain part, bool isEmpty)
    {
        ref MbufHeader header = ref part.VerifiedHead();
        if (isEmpty)
        {
            (header.SegmentLength, header.ChainLength) = (1, 1);
        }

        chain.Append(part);
        if (isEmpty)
        {
            ref MbufHeader head = ref chain.VerifiedHead();
            header.SegmentLength = 0;
            head.ChainLength--;
            head.PacketLength -= (head.Flags & HeaderFlags.PacketHeader) != 0 ? 1 : 0;
        }
    }

    private static MbufChain BuildSegment(
        in MbufScope mbufs, ICollection<Mbuf> kept, bool header, ReadOnlySpan<byte> content, Segment segment)
    {
        MbufChain part = Start(mbufs, segment.Kind, header);
        if (part.IsNull || !part.TryAppend(new byte[segment.Lead]) || !part.TryAppend(content) || part.SegmentCount != 1)
        {
            throw new InvalidOperationException($"The arena is too small for the test, or the segment for its bytes: {segment}.");
        }

        part.TrimStart(segment.Lead);
        if (segment.Kind == SegmentKind.Shared)
        {
            kept.Add(part.Share().Detach());
        }

        if (segment.Kind == SegmentKind.ReadOnly)
        {
            part.Flags |= MbufFlags.ReadOnly;
        }

        return part;
    }

    private static MbufChain Start(in MbufScope mbufs, SegmentKind kind, bool header)
    {
        if (kind is SegmentKind.Internal or SegmentKind.External)
        {
            MbufChain plain = header ? mbufs.AllocatePacketWithoutCluster() : mbufs.AllocateMbuf();
            if (!plain.IsNull && kind == SegmentKind.External && !plain.TryAttachExternal(new byte[2048], 0))
            {
                throw new InvalidOperationException("The arena has no record for external storage.");
            }

            return plain;
        }

        MbufClusterSize size = kind switch
        {
            SegmentKind.Page => MbufClusterSize.Page,
            SegmentKind.Jumbo9 => MbufClusterSize.Jumbo9,
            SegmentKind.Jumbo16 => MbufClusterSize.Jumbo16,
            _ => MbufClusterSize.Standard,
        };
        return header ? mbufs.AllocatePacket(size) : mbufs.AllocateMbufWithCluster(size);
    }
}
