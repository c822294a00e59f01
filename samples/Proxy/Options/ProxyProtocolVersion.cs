namespace Proxy;

/// <summary>Which form of HAProxy's PROXY protocol header announces the client to the backend.</summary>
internal enum ProxyProtocolVersion
{
    /// <summary>No header: the backend sees the proxy as its client.</summary>
    None,

    /// <summary>One line of text.</summary>
    V1,

    /// <summary>Binary.</summary>
    V2,
}
