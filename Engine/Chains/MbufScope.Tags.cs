using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>Packet tags that are on no packet (mbuf(9): mbuf_tags(9)).</content>
public readonly ref partial struct MbufScope
{
    /// <summary>m_tag_alloc: a new tag, on no packet.</summary>
    /// <param name="cookie">Who defined the type: a number that others are not likely to have chosen.</param>
    /// <param name="type">What the tag is; with <see cref="MbufTag.Persistent"/> it survives
    /// <see cref="MbufChain.DeleteNonPersistentTags"/>.</param>
    /// <param name="length">Bytes of data, 0 to <see cref="MbufSizes.LargestContiguous"/>.</param>
    /// <returns>The tag, owned by the caller, its bytes undefined; null if the arena is exhausted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1): one mbuf, with a cluster for more than <see cref="MbufSizes.InternalSize"/> bytes.</remarks>
    [UnscopedRef]
    public MbufTag AllocateTag(uint cookie, ushort type, int length)
    {
        if ((uint)length > MbufSizes.LargestContiguous)
        {
            ThrowHelper.NotContiguousOrNegative(nameof(length), length);
        }

        ThreadCache cache = Cache;
        uint index = cache.TakeTag(cookie, type, length);
        if (index == 0)
        {
            cache.ReportCorruption();
            return MbufTag.Null;
        }

        return MbufTag.Of(cache, index);
    }

    /// <summary>m_tag_get: a new tag with the common cookie (<see cref="MbufTag.CommonCookie"/>), on no packet.</summary>
    /// <inheritdoc cref="AllocateTag(uint, ushort, int)"/>
    [UnscopedRef]
    public MbufTag AllocateTag(ushort type, int length) => AllocateTag(MbufTag.CommonCookie, type, length);

    /// <summary>
    /// Turns a handle back into a tag, on any thread. The handle is used up: every copy of it is stale from now on.
    /// </summary>
    /// <param name="tag">A handle from <see cref="MbufTag.Detach"/> of the same arena.</param>
    /// <returns>The tag, owned by the caller; never null.</returns>
    /// <exception cref="MbufStaleException">The handle was used before.</exception>
    /// <exception cref="MbufForeignException">The handle belongs to another arena.</exception>
    /// <exception cref="MbufException">The handle is null.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public MbufTag OpenTag(MbufTagHandle tag)
    {
        ThreadCache cache = Cache;
        uint index = tag.Mbuf.Slot - cache.Hot.FirstSlot;
        if (index - 1 >= cache.Hot.LastIndex)
        {
            cache.ThrowNotInRange(tag.Mbuf);
        }

        const uint Marks = HeaderFlags.Tag | HeaderFlags.Attached;
        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        if (header.Generation != tag.Mbuf.Generation || (header.Flags & Marks) != HeaderFlags.Tag
            || !cache.TryExchangeClaim(ref header, tag.Mbuf.Generation))
        {
            ThrowHelper.Stale();
        }

        return MbufTag.Of(cache, index);
    }
}
