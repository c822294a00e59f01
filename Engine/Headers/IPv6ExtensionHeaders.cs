namespace Engine.Mbufs.Wire;

/// <summary>
/// The extension headers of an IPv6 packet, in order, as far as a span has them: <c>foreach</c> lists them;
/// <c>while (headers.MoveNext())</c> on a variable passes them, so that it says afterwards what comes behind.
/// </summary>
/// <remarks>Valid as long as the span that it was made of. Each step is O(1).</remarks>
public ref struct IPv6ExtensionHeaders
{
    private ReadOnlySpan<byte> _rest;
    private IPv6ExtensionHeader _current;

    /// <summary>Starts at the first extension header, if there is one.</summary>
    /// <param name="bytes">What follows the IPv6 header.</param>
    /// <param name="nextHeader">The IPv6 header's Next Header field.</param>
    public IPv6ExtensionHeaders(ReadOnlySpan<byte> bytes, IPProtocol nextHeader)
    {
        _rest = bytes;
        NextHeader = nextHeader;
    }

    /// <summary>The extension header that <see cref="MoveNext"/> came to.</summary>
    public readonly IPv6ExtensionHeader Current => _current;

    /// <summary>
    /// What follows the headers that were passed: behind the last one, the payload's protocol. Behind a fragment header of any
    /// but the first fragment, of the packet that it is a part of.
    /// </summary>
    public IPProtocol NextHeader { get; private set; }

    /// <summary>What is behind the headers that were passed.</summary>
    public readonly ReadOnlySpan<byte> Payload => _rest;

    /// <summary>
    /// True if the next header is an extension header, and the span ends before it does: what follows is not known. Not behind
    /// the fragment header of a fragment other than the first: that is in the middle of the payload.
    /// </summary>
    public readonly bool IsTruncated
        => !IsInMiddle && IPv6ExtensionHeader.IsExtension(NextHeader) && !IPv6ExtensionHeader.TryRead(NextHeader, _rest, out _);

    private readonly bool IsInMiddle
        => _current.Type == IPProtocol.Fragment && !_current.Bytes.IsEmpty && _current.FragmentOffset != 0;

    /// <summary>For <c>foreach</c>: a copy, which starts where this one is.</summary>
    public readonly IPv6ExtensionHeaders GetEnumerator() => this;

    /// <summary>Passes the next extension header.</summary>
    /// <returns>
    /// False if there is no more, or the span ends before it does; also behind the fragment header of a fragment other than the
    /// first, where the payload goes on in the middle.
    /// </returns>
    public bool MoveNext()
    {
        if (IsInMiddle || !IPv6ExtensionHeader.TryRead(NextHeader, _rest, out IPv6ExtensionHeader header))
        {
            return false;
        }

        _current = header;
        NextHeader = header.NextHeader;
        _rest = _rest[header.Bytes.Length..];
        return true;
    }
}
