using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <summary>
/// A packet tag (mbuf_tags(9): <c>struct m_tag</c>): a cookie, a type, and a few bytes that travel with a packet's header. On
/// its own it belongs to the caller; on a packet it belongs to that and dies with it.
/// </summary>
/// <remarks>
/// <para>16 bytes, immutable. A tag that was freed, detached or died with its packet throws
/// <see cref="MbufStaleException"/>. Using the null tag throws an <see cref="MbufException"/> that says so; test
/// <see cref="IsNull"/>.</para>
/// <para>A tag on a packet can be read and written as long as the packet lives, whoever owns that: giving the packet away does not
/// end it. Do not use it after that; a walk over <see cref="MbufChain.Tags"/> ends with the claim on the packet.</para>
/// <para>A tag is an mbuf of the arena, with a cluster if it holds more than <see cref="MbufSizes.InternalSize"/> bytes.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref struct MbufTag : IDisposable
{
    /// <summary>The cookie of the tags that <c>m_tag_get</c> makes (MTAG_ABI_COMPAT).</summary>
    public const uint CommonCookie = 0;

    /// <summary>
    /// The bit in a type that says that the tag survives <see cref="MbufChain.DeleteNonPersistentTags"/> (MTAG_PERSISTENT).
    /// </summary>
    public const ushort Persistent = 0x800;

    private readonly ThreadCache _cache;

    /// <summary>The index of the tag's mbuf, below the number of the opening, as that of a chain. 0 for null.</summary>
    private readonly uint _slot;

    private readonly uint _generation;

    /// <summary>A tag that a cache's owner works with from now on; the caller has its claim.</summary>
    internal static MbufTag Of(ThreadCache cache, uint index) => new(cache, index + cache.Hot.Opening, cache.Hot.Memory.Header(index).Generation);

    internal MbufTag(ThreadCache cache, uint slot, uint generation)
    {
        _cache = cache;
        _slot = slot;
        _generation = generation;
    }

    /// <summary>True for no tag, and for the default value. O(1), never throws.</summary>
    public bool IsNull => _slot == 0;

    /// <summary>No tag; see <see cref="MbufChain.Null"/>.</summary>
    internal static MbufTag Null => new(ThreadCache.OfNull, 0, 0);

    /// <summary>Who defined the type (mbuf(9): m_tag_cookie). O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public uint Cookie => Verified().ChecksumFlags;

    /// <summary>What the tag is, in the sense of its cookie (mbuf(9): m_tag_id). O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public ushort Type => Verified().ReceiveInterface;

    /// <summary>Bytes of data (mbuf(9): m_tag_len). O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public int Length => Verified().SegmentLength;

    /// <summary>True if the tag is on a packet, which owns it. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public bool IsAttached => (Verified().Flags & HeaderFlags.Attached) != 0;

    /// <summary>The tag's bytes, for reading and writing; undefined until they are written. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    [UnscopedRef]
    public Span<byte> Data => _cache.Hot.Memory.BytesOf(ref Verified());

    internal uint Index => _slot & Mbuf.AnyIndex;

    /// <summary>True if the tag is alive, and its scope open.</summary>
    private bool IsAlive
        => !IsNull && _slot - _cache.Hot.Opening <= _cache.Hot.LastIndex && _cache.Hot.Memory.Header(Index).Generation == _generation;

    internal ThreadCache Cache => _cache;

    /// <summary>A second tag with the same cookie, type and bytes (mbuf(9): m_tag_copy).</summary>
    /// <returns>The copy, on no packet, owned by the caller; null if the arena is exhausted, or if a callback that was to free
    /// memory freed the tag.</returns>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    /// <remarks>O(bytes).</remarks>
    [UnscopedRef]
    public MbufTag Duplicate()
    {
        uint copy = _cache.CopyTag(ref Verified());
        return copy == 0 ? Null : MbufTag.Of(_cache, copy);
    }

    /// <summary>Frees a tag that is on no packet (mbuf(9): m_tag_free).</summary>
    /// <exception cref="InvalidOperationException">The tag is on a packet: <see cref="MbufChain.DeleteTag"/> frees it.</exception>
    /// <exception cref="MbufStaleException">The tag was freed or detached before.</exception>
    /// <remarks>O(1).</remarks>
    public void Free() => _cache.FreeMbuf(ref VerifiedOwn(), Index);

    /// <summary>
    /// Neither freed, nor detached, nor on a packet (mbuf(9): m_tag_free, if the tag is still the caller's). Else nothing. O(1),
    /// never throws.
    /// </summary>
    public void Dispose()
    {
        if (!IsAlive)
        {
            return;
        }

        ref MbufHeader tag = ref _cache.Hot.Memory.Header(Index);
        if ((tag.Flags & HeaderFlags.Attached) == 0)
        {
            _cache.FreeMbuf(ref tag, Index);
        }
    }

    /// <summary>
    /// Turns a tag that is on no packet into the handle that may be stored and handed to another thread. This tag, and every
    /// copy, is stale afterwards.
    /// </summary>
    /// <returns>The handle: now the one claim on the tag, to be opened once.</returns>
    /// <exception cref="InvalidOperationException">The tag is on a packet.</exception>
    /// <exception cref="MbufStaleException">The tag was freed or detached before.</exception>
    /// <remarks>O(1).</remarks>
    public MbufTagHandle Detach()
    {
        ref MbufHeader tag = ref VerifiedOwn();
        tag.Generation += _cache.Hot.Memory.Step;
        return new MbufTagHandle(new Mbuf(_cache.Hot.FirstSlot + Index, tag.Generation));
    }

    /// <summary>For people: cookie, type and length. Allocates a string; never throws.</summary>
    public override string ToString()
    {
        if (IsNull)
        {
            return "tag null";
        }

        return IsAlive ? $"tag {Cookie}/{Type} of {Length} bytes" : "tag that was freed or given away";
    }

    /// <summary>The tag's mbuf, after the checks that every operation makes: the scope is open, and the tag is alive.</summary>
    internal ref MbufHeader Verified()
    {
        uint index = _slot - _cache.Hot.Opening;
        if (index > _cache.Hot.LastIndex)
        {
            ThreadCache.ThrowNotOfThisOpening(_cache);
        }

        ref MbufHeader tag = ref _cache.Hot.Memory.Header(index);
        if (tag.Generation != _generation)
        {
            ThrowHelper.Stale();
        }

        return ref tag;
    }

    /// <summary>The same for what only the owner of a tag may do.</summary>
    internal ref MbufHeader VerifiedOwn()
    {
        ref MbufHeader tag = ref Verified();
        if ((tag.Flags & HeaderFlags.Attached) != 0)
        {
            ThrowHelper.TagIsAttached();
        }

        return ref tag;
    }
}
