using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>Packet headers: the cold line and the tags that hang on it.</summary>
internal static class PacketHeaders
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>
        /// Copies the fields of one packet header over another, tags included, and leaves flags, lengths of data and links alone.
        /// All or nothing. What the other had of tags is freed.
        /// </summary>
        public bool TryCopyPacketHeader(ref MbufHeader from, ref MbufHeader to)
        {
            uint tags = 0;
            if ((from.Flags & HeaderFlags.Cold) != 0 && !cache.TryCopyTags(cache.Hot.Memory.ColdOf(ref from).FirstTag, out tags))
            {
                return false;
            }

            cache.CopyPacketFields(ref from, ref to);
            if (tags != 0)
            {
                cache.Hot.Memory.UseCold(ref to).FirstTag = tags;
            }

            return true;
        }

        /// <summary>The same without tags, which cannot fail.</summary>
        public void CopyPacketFields(ref MbufHeader from, ref MbufHeader to)
        {
            if ((to.Flags & HeaderFlags.Cold) != 0)
            {
                cache.DropCold(ref to);
            }

            to.PacketLength = from.PacketLength;
            to.ReceiveInterface = from.ReceiveInterface;
            to.ChecksumFlags = from.ChecksumFlags;
            to.ChecksumData = from.ChecksumData;
            to.FlowId = from.FlowId;
            if ((from.Flags & HeaderFlags.Cold) != 0)
            {
                ref ColdHeader cold = ref cache.Hot.Memory.UseCold(ref to);
                cold = cache.Hot.Memory.ColdOf(ref from);
                cold.FirstTag = 0;
            }
        }

        /// <summary>Takes the packet header's fields and tags away; the chain has no packet header afterwards.</summary>
        public void DropPacketHeader(ref MbufHeader head)
        {
            if ((head.Flags & HeaderFlags.Cold) != 0)
            {
                cache.DropCold(ref head);
            }

            head.Flags &= ~HeaderFlags.PacketHeader;
            head.PacketLength = 0;
            head.ReceiveInterface = 0;
            head.ChecksumFlags = 0;
            head.ChecksumData = 0;
            head.FlowId = 0;
        }

        /// <summary>An unattached tag; 0 when exhausted.</summary>
        public uint TakeTag(uint cookie, ushort type, int length)
        {
            if (!cache.TryTakeContiguous(length, out uint index))
            {
                return 0;
            }

            ref MbufHeader tag = ref cache.Hot.Memory.Header(index);
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
        public uint CopyTag(ref MbufHeader tag)
        {
            Debug.Assert((tag.Flags & HeaderFlags.Tag) != 0, "Only tags are copied as tags.");
            uint generation = tag.Generation;
            uint index = cache.TakeTag(tag.ChecksumFlags, tag.ReceiveInterface, tag.SegmentLength);
            if (index == 0)
            {
                return 0;
            }

            ref MbufHeader copy = ref cache.Hot.Memory.Header(index);
            if (tag.Generation != generation)
            {
                cache.FreeMbuf(ref copy, index);
                return 0;
            }

            cache.Hot.Memory.BytesOf(ref tag).CopyTo(cache.Hot.Memory.BytesOf(ref copy));
            return index;
        }

        /// <summary>Copies a list of tags, in order, all marked as attached. All or nothing.</summary>
        public bool TryCopyTags(uint first, out uint copies)
        {
            ChainBuilder parts = default;
            for (uint index = first; index != 0; index = cache.Hot.Memory.Header(index).Next)
            {
                uint copy = cache.CopyTag(ref cache.Hot.Memory.Header(index));
                if (copy == 0)
                {
                    parts.Undo(cache);
                    copies = 0;
                    return false;
                }

                cache.Hot.Memory.Header(copy).Flags |= HeaderFlags.Attached;
                parts.Add(cache, copy);
            }

            copies = parts.First;
            return true;
        }
    }
}
