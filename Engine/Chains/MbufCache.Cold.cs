using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Packet headers: the cold line and the tags that hang on it.</content>
public sealed partial class MbufCache
{
    /// <summary>The cold line of a packet's header, taken into use if it was not.</summary>
    internal ref ColdHeader UseCold(ref MbufHeader head)
    {
        ref ColdHeader cold = ref Hot.Memory.ColdOf(ref head);
        if ((head.Flags & HeaderFlags.Cold) == 0)
        {
            cold = default;
            head.Flags |= HeaderFlags.Cold | HeaderFlags.Intricate;
        }

        return ref cold;
    }

    /// <summary>Ends the use of a cold line: its tags are freed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void DropCold(ref MbufHeader head)
    {
        uint tags = Hot.Memory.ColdOf(ref head).FirstTag;
        head.Flags &= ~HeaderFlags.Cold;
        FreeTags(tags);
    }

    /// <summary>Frees a list of tags; 0 is the empty one.</summary>
    internal void FreeTags(uint first) => FreeChainSlow(first);

    /// <summary>
    /// Copies the fields of one packet header over another, tags included, and leaves flags, lengths of data and links alone.
    /// All or nothing. What the other had of tags is freed.
    /// </summary>
    internal bool TryCopyPacketHeader(ref MbufHeader from, ref MbufHeader to)
    {
        uint tags = 0;
        if ((from.Flags & HeaderFlags.Cold) != 0 && !TryCopyTags(Hot.Memory.ColdOf(ref from).FirstTag, out tags))
        {
            return false;
        }

        CopyPacketFields(ref from, ref to);
        if (tags != 0)
        {
            UseCold(ref to).FirstTag = tags;
        }

        return true;
    }

    /// <summary>The same without tags, which cannot fail.</summary>
    internal void CopyPacketFields(ref MbufHeader from, ref MbufHeader to)
    {
        if ((to.Flags & HeaderFlags.Cold) != 0)
        {
            DropCold(ref to);
        }

        to.PacketLength = from.PacketLength;
        to.ReceiveInterface = from.ReceiveInterface;
        to.ChecksumFlags = from.ChecksumFlags;
        to.ChecksumData = from.ChecksumData;
        to.FlowId = from.FlowId;
        if ((from.Flags & HeaderFlags.Cold) != 0)
        {
            ref ColdHeader cold = ref UseCold(ref to);
            cold = Hot.Memory.ColdOf(ref from);
            cold.FirstTag = 0;
        }
    }

    /// <summary>Takes the packet header's fields and tags away; the chain has no packet header afterwards.</summary>
    internal void DropPacketHeader(ref MbufHeader head)
    {
        if ((head.Flags & HeaderFlags.Cold) != 0)
        {
            DropCold(ref head);
        }

        head.Flags &= ~HeaderFlags.PacketHeader;
        head.PacketLength = 0;
        head.ReceiveInterface = 0;
        head.ChecksumFlags = 0;
        head.ChecksumData = 0;
        head.FlowId = 0;
    }

    /// <summary>A tag that this cache's owner works with from now on.</summary>
    internal MbufTag TagAt(uint index) => new(this, index + Hot.Opening, Hot.Memory.Header(index).Generation);

    /// <summary>An unattached tag; 0 when exhausted.</summary>
    internal uint TakeTag(uint cookie, ushort type, int length)
    {
        if (!TryTakeContiguous(length, out uint index))
        {
            return 0;
        }

        ref MbufHeader tag = ref Hot.Memory.Header(index);
        tag.Flags = HeaderFlags.Tag;
        tag.SegmentLength = length;
        tag.ChecksumFlags = cookie;
        tag.ReceiveInterface = type;
        return index;
    }

    /// <summary>
    /// A copy of one tag, unattached; 0 when exhausted. A callback that runs before an allocation is denied may free the tag, with
    /// a packet that was given away: then, too, there is no copy.
    /// </summary>
    internal uint CopyTag(ref MbufHeader tag)
    {
        Debug.Assert((tag.Flags & HeaderFlags.Tag) != 0, "Only tags are copied as tags.");
        uint generation = tag.Generation;
        uint index = TakeTag(tag.ChecksumFlags, tag.ReceiveInterface, tag.SegmentLength);
        if (index == 0)
        {
            return 0;
        }

        ref MbufHeader copy = ref Hot.Memory.Header(index);
        if (tag.Generation != generation)
        {
            FreeMbuf(ref copy, index);
            return 0;
        }

        BytesOf(ref tag).CopyTo(BytesOf(ref copy));
        return index;
    }

    /// <summary>Copies a list of tags, in order, all marked as attached. All or nothing.</summary>
    internal bool TryCopyTags(uint first, out uint copies)
    {
        ChainParts parts = default;
        for (uint index = first; index != 0; index = Hot.Memory.Header(index).Next)
        {
            uint copy = CopyTag(ref Hot.Memory.Header(index));
            if (copy == 0)
            {
                FreeParts(parts);
                copies = 0;
                return false;
            }

            Hot.Memory.Header(copy).Flags |= HeaderFlags.Attached;
            AddPart(ref parts, copy);
        }

        copies = parts.First;
        return true;
    }
}
