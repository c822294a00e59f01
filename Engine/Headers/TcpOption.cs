namespace Engine.Mbufs.Wire;

/// <summary>A view of one TCP option (RFC 9293, section 3.2). Nothing is copied.</summary>
/// <remarks>A walk over <see cref="TcpOptions"/> gives them. The default value is the end of the list.</remarks>
public readonly ref struct TcpOption
{
    internal TcpOption(TcpOptionKind kind, ReadOnlySpan<byte> data)
    {
        Kind = kind;
        Data = data;
    }

    /// <summary>What kind of option it is. O(1).</summary>
    public TcpOptionKind Kind { get; }

    /// <summary>
    /// The bytes behind kind and length, 0 or more. That there are as many as the kind wants is for the reader to check. O(1).
    /// </summary>
    public ReadOnlySpan<byte> Data { get; }
}
