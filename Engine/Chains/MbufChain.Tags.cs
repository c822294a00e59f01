using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>
/// Packet tags (mbuf_tags(9)): they follow the packet header into copies and moves, and die with the packet.
/// </content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// The packet's tags, the one prepended last first; none without a packet header (mbuf(9): m_tag_first, m_tag_next). <c>foreach
    /// (MbufTag tag in packet.Tags)</c>
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away, before or during the walk.</exception>
    /// <remarks>O(1), and O(tags before) a step, which finds the tag that the walk is at in the list again: if it was taken off
    /// meanwhile, the walk ends with an exception and not on another packet's tags.</remarks>
    [UnscopedRef]
    public TagEnumerable Tags
    {
        get
        {
            _ = ref Head();
            return new TagEnumerable(this);
        }
    }

    /// <summary>Puts a tag in front of the packet's others (mbuf(9): m_tag_prepend).</summary>
    /// <param name="tag">A tag on no packet; the packet's from now on, though it may still be read and written.</param>
    /// <exception cref="InvalidOperationException">The chain has no packet header, or the tag is on a packet.</exception>
    /// <exception cref="MbufForeignException">The tag belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">The packet or the tag was freed or given away.</exception>
    /// <remarks>O(1).</remarks>
    public void PrependTag(MbufTag tag)
    {
        ref MbufHeader head = ref HeadOfPacket();
        ref MbufHeader header = ref tag.VerifiedOwn();
        CheckArena(tag);
        ref ColdHeader cold = ref _cache.Hot.Memory.UseCold(ref head);
        header.Next = cold.FirstTag;
        header.Flags |= HeaderFlags.Attached;
        cold.FirstTag = tag.Index;
    }

    /// <summary>The packet's first tag with the common cookie and a type (mbuf(9): m_tag_find).</summary>
    /// <inheritdoc cref="TryFindTag(uint, ushort, MbufTag, out MbufTag)"/>
    [UnscopedRef]
    public bool TryFindTag(ushort type, out MbufTag tag) => TryFindTag(MbufTag.CommonCookie, type, out tag);

    /// <summary>The packet's first tag with a cookie and a type (mbuf(9): m_tag_locate).</summary>
    /// <inheritdoc cref="TryFindTag(uint, ushort, MbufTag, out MbufTag)"/>
    [UnscopedRef]
    public bool TryFindTag(uint cookie, ushort type, out MbufTag tag)
    {
        uint index = FindTag(FirstTag(), cookie, type);
        tag = index == 0 ? MbufTag.Null : MbufTag.Of(_cache, index);
        return index != 0;
    }

    /// <summary>The packet's next tag with a cookie and a type (mbuf(9): m_tag_locate).</summary>
    /// <param name="cookie">Who defined the type.</param>
    /// <param name="type">What the tag is.</param>
    /// <param name="after">A tag of this packet: the search starts behind it.</param>
    /// <param name="tag">The tag, still the packet's; null if there is none.</param>
    /// <returns>False if there is none.</returns>
    /// <exception cref="ArgumentException"><paramref name="after"/> is not a tag of this packet.</exception>
    /// <exception cref="MbufStaleException">The packet or the tag was freed or given away.</exception>
    /// <remarks>O(tags).</remarks>
    [UnscopedRef]
    public bool TryFindTag(uint cookie, ushort type, MbufTag after, out MbufTag tag)
    {
        uint index = FindTag(Behind(after), cookie, type);
        tag = index == 0 ? MbufTag.Null : MbufTag.Of(_cache, index);
        return index != 0;
    }

    /// <summary>Takes a tag off the packet (mbuf(9): m_tag_unlink).</summary>
    /// <param name="tag">A tag of this packet; the caller's afterwards.</param>
    /// <exception cref="ArgumentException"><paramref name="tag"/> is not a tag of this packet.</exception>
    /// <exception cref="MbufStaleException">The packet or the tag was freed or given away.</exception>
    /// <remarks>O(tags before it).</remarks>
    public void UnlinkTag(MbufTag tag)
    {
        ref MbufHeader header = ref VerifiedAttached(tag);
        LinkTo(tag) = header.Next;
        header.Next = 0;
        header.Flags &= ~HeaderFlags.Attached;
    }

    /// <summary>Takes a tag off the packet and frees it (mbuf(9): m_tag_delete).</summary>
    /// <param name="tag">A tag of this packet; stale afterwards.</param>
    /// <exception cref="ArgumentException"><paramref name="tag"/> is not a tag of this packet.</exception>
    /// <exception cref="MbufStaleException">The packet or the tag was freed or given away.</exception>
    /// <remarks>O(tags before it).</remarks>
    public void DeleteTag(MbufTag tag)
    {
        UnlinkTag(tag);
        tag.Free();
    }

    /// <summary>Frees a tag and all behind it (mbuf(9): m_tag_delete_chain with a tag).</summary>
    /// <inheritdoc cref="DeleteTag"/>
    public void DeleteTagsFrom(MbufTag tag)
    {
        _ = ref VerifiedAttached(tag);
        LinkTo(tag) = 0;
        _cache.FreeTags(tag.Index);
    }

    /// <summary>Frees all tags of the packet (mbuf(9): m_tag_delete_chain without a tag, m_tag_init).</summary>
    /// <remarks>O(tags).</remarks>
    public void DeleteTags()
    {
        uint first = FirstTag();
        if (first != 0)
        {
            _cache.Hot.Memory.ColdOf(ref Head()).FirstTag = 0;
            _cache.FreeTags(first);
        }
    }

    /// <summary>Frees the tags whose type lacks <see cref="MbufTag.Persistent"/> (mbuf(9): m_tag_delete_nonpersistent).</summary>
    /// <remarks>O(tags).</remarks>
    public void DeleteNonPersistentTags()
    {
        if (FirstTag() == 0)
        {
            return;
        }

        ref uint link = ref _cache.Hot.Memory.ColdOf(ref Head()).FirstTag;
        while (link != 0)
        {
            uint index = link;
            ref MbufHeader tag = ref At(index);
            if ((tag.ReceiveInterface & MbufTag.Persistent) != 0)
            {
                link = ref tag.Next;
                continue;
            }

            link = tag.Next;
            _cache.FreeMbuf(ref tag, index);
        }
    }

    /// <summary>Replaces the packet's tags by copies of another's, in the same order (mbuf(9): m_tag_copy_chain).</summary>
    /// <param name="other">A packet of the same arena; it stays as it is.</param>
    /// <returns>False if the arena is exhausted: the tags are as they were (mbuf(9) deletes them).</returns>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this chain.</exception>
    /// <exception cref="InvalidOperationException">Either has no packet header.</exception>
    /// <exception cref="MbufForeignException"><paramref name="other"/> belongs to another arena.</exception>
    /// <remarks>O(tags). Needs one mbuf for each tag.</remarks>
    public bool TryCopyTagsFrom(MbufChain other)
    {
        ref MbufHeader head = ref HeadOfPacket();
        _ = ref HeaderToCopy(other);
        if (!_cache.TryCopyTags(other.FirstTag(), out uint copies))
        {
            return false;
        }

        DeleteTags();
        if (copies != 0)
        {
            _cache.Hot.Memory.UseCold(ref head).FirstTag = copies;
        }

        return true;
    }

    internal partial uint FirstTag() => ReadCold().FirstTag;

    /// <summary>The tag behind one that this packet has; 0 for none.</summary>
    private uint Behind(MbufTag tag)
    {
        ref MbufHeader header = ref VerifiedAttached(tag);
        _ = ref LinkTo(tag);
        return header.Next;
    }

    private uint FindTag(uint from, uint cookie, ushort type)
    {
        uint index = from;
        while (index != 0 && (At(index).ChecksumFlags != cookie || At(index).ReceiveInterface != type))
        {
            index = At(index).Next;
        }

        return index;
    }

    /// <summary>The link of the list that names a tag.</summary>
    private ref uint LinkTo(MbufTag tag)
    {
        ref MbufHeader head = ref Head();
        if ((head.Flags & HeaderFlags.Cold) == 0)
        {
            ThrowHelper.TagNotOnPacket();
        }

        ref uint link = ref _cache.Hot.Memory.ColdOf(ref head).FirstTag;
        while (link != tag.Index)
        {
            if (link == 0)
            {
                ThrowHelper.TagNotOnPacket();
            }

            link = ref At(link).Next;
        }

        return ref link;
    }

    private ref MbufHeader VerifiedAttached(MbufTag tag)
    {
        ref MbufHeader header = ref tag.Verified();
        CheckArena(tag);
        if ((header.Flags & HeaderFlags.Attached) == 0)
        {
            ThrowHelper.TagNotOnPacket();
        }

        return ref header;
    }

    private void CheckArena(MbufTag tag)
    {
        if (tag.Cache.Arena != _cache.Arena)
        {
            ThrowHelper.Foreign();
        }
    }

    /// <summary>What <c>foreach</c> takes; see <see cref="Tags"/>.</summary>
    public readonly ref struct TagEnumerable
    {
        private readonly MbufChain _chain;

        internal TagEnumerable(MbufChain chain) => _chain = chain;

        /// <summary>Starts a walk. O(1).</summary>
        public TagEnumerator GetEnumerator() => new(_chain);
    }

    /// <summary>A walk over the tags of a packet; see <see cref="Tags"/>.</summary>
    public ref struct TagEnumerator
    {
        private readonly MbufChain _chain;
        private MbufTag _current;
        private bool _started;

        internal TagEnumerator(MbufChain chain) => _chain = chain;

        /// <summary>The tag that the walk is at, still the packet's.</summary>
        public readonly MbufTag Current => _current;

        /// <summary>Goes to the next tag.</summary>
        /// <returns>False at the end of the list.</returns>
        /// <exception cref="ArgumentException">The tag that the walk was at was taken off the packet.</exception>
        /// <exception cref="MbufStaleException">The packet, or the tag that the walk was at, was freed or given away.</exception>
        /// <remarks>O(tags before).</remarks>
        public bool MoveNext()
        {
            _ = ref _chain.VerifiedHead();
            uint next = _started && !_current.IsNull ? _chain.Behind(_current) : 0;
            if (!_started)
            {
                next = _chain.FirstTag();
                _started = true;
            }

            _current = next == 0 ? MbufTag.Null : MbufTag.Of(_chain._cache, next);
            return next != 0;
        }
    }
}
