using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <summary>
/// A packet tag (mbuf_tags(9): <c>struct m_tag</c>): a cookie, a type, and a few bytes that travel with a packet's header. On
/// its own it belongs to the caller; on a packet it belongs to that and dies with it.
/// </summary>
/// <remarks>
/// <para>16 bytes, immutable. A tag that was freed, detached or died with its packet throws
/// <see cref="MbufStaleException"/>. Using the null tag throws <see cref="NullReferenceException"/>; test
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

    private readonly MbufCache _cache;
    private readonly uint _index;
    private readonly uint _generation;

    internal MbufTag(MbufCache cache, uint index)
    {
        _cache = cache;
        _index = index;
        _generation = cache.Hot.Memory.Header(index).Generation;
    }

    /// <summary>True for the default value: no tag. O(1), never throws.</summary>
    public bool IsNull => _cache is null;

    /// <summary>m_tag_cookie: who defined the type. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public uint Cookie => Verified().ChecksumFlags;

    /// <summary>m_tag_id: what the tag is, in the sense of its cookie. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public ushort Type => Verified().ReceiveInterface;

    /// <summary>m_tag_len: bytes of data. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public int Length => Verified().SegmentLength;

    /// <summary>True if the tag is on a packet, which owns it. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    public bool IsAttached => (Verified().Flags & HeaderFlags.Attached) != 0;

    /// <summary>The tag's bytes, for reading and writing; undefined until they are written. O(1).</summary>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    [UnscopedRef]
    public Span<byte> Data => _cache.BytesOf(ref Verified());

    internal uint Index => _index;

    internal MbufCache Cache => _cache;

    /// <summary>m_tag_copy: a second tag with the same cookie, type and bytes.</summary>
    /// <returns>The copy, on no packet, owned by the caller; null if the arena is exhausted, or if a callback that was to free
    /// memory freed the tag.</returns>
    /// <exception cref="MbufStaleException">The tag was freed or detached, or died with its packet.</exception>
    /// <remarks>O(bytes).</remarks>
    [UnscopedRef]
    public MbufTag Copy()
    {
        uint copy = _cache.CopyTag(ref Verified());
        return copy == 0 ? default : new MbufTag(_cache, copy);
    }

    /// <summary>m_tag_free: frees a tag that is on no packet.</summary>
    /// <exception cref="InvalidOperationException">The tag is on a packet: <see cref="MbufChain.DeleteTag"/> frees it.</exception>
    /// <exception cref="MbufStaleException">The tag was freed or detached before.</exception>
    /// <remarks>O(1).</remarks>
    public void Free() => _cache.FreeMbuf(ref VerifiedOwn(), _index);

    /// <summary>
    /// m_tag_free, if the tag is still the caller's: neither freed, nor detached, nor on a packet. Else nothing. O(1), never throws.
    /// </summary>
    public void Dispose()
    {
        if (IsNull || _index > _cache.Hot.LastIndex)
        {
            return;
        }

        ref MbufHeader tag = ref _cache.Hot.Memory.Header(_index);
        if (tag.Generation == _generation && (tag.Flags & HeaderFlags.Attached) == 0)
        {
            _cache.FreeMbuf(ref tag, _index);
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
        tag.Generation++;
        return new MbufTagHandle(new Mbuf(_cache.Hot.FirstSlot + _index, tag.Generation));
    }

    /// <summary>For people: cookie, type and length. Allocates a string; never throws.</summary>
    public override string ToString()
    {
        if (IsNull)
        {
            return "tag null";
        }

        return _index > _cache.Hot.LastIndex || _cache.Hot.Memory.Header(_index).Generation != _generation
            ? "tag that was freed or given away"
            : $"tag {Cookie}/{Type} of {Length} bytes";
    }

    /// <summary>The tag's mbuf, after the checks that every operation makes: the scope is open, and the tag is alive.</summary>
    internal ref MbufHeader Verified()
    {
        if (_index > _cache.Hot.LastIndex)
        {
            ThrowHelper.ScopeClosed();
        }

        ref MbufHeader tag = ref _cache.Hot.Memory.Header(_index);
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
