namespace Engine.Mbufs.Wire;

/// <summary>The kinds of TCP options that are seen often (IANA, TCP option kind numbers). Others are numbers.</summary>
public enum TcpOptionKind : byte
{
    /// <summary>No options follow; one byte (RFC 9293, section 3.2).</summary>
    EndOfList = 0,

    /// <summary>Padding between options; one byte (RFC 9293, section 3.2).</summary>
    NoOperation = 1,

    /// <summary>The largest segment that the sender wants to receive; 2 bytes of data (RFC 9293, section 3.7.1).</summary>
    MaximumSegmentSize = 2,

    /// <summary>By how many bits the sender's windows are shifted; 1 byte of data (RFC 7323, section 2.2).</summary>
    WindowScale = 3,

    /// <summary>Selective acknowledgments are understood; no data (RFC 2018, section 2).</summary>
    SackPermitted = 4,

    /// <summary>Selective acknowledgments: 8 bytes of data for each block (RFC 2018, section 3).</summary>
    Sack = 5,

    /// <summary>The sender's clock and what it saw last of the other's; 8 bytes of data (RFC 7323, section 3.2).</summary>
    Timestamps = 8,

    /// <summary>Authentication; a key number, a number, and a code (RFC 5925, section 2.2).</summary>
    Authentication = 29,

    /// <summary>Multipath TCP (RFC 8684, section 3).</summary>
    Multipath = 30,

    /// <summary>A cookie, or the request for one (RFC 7413, section 4.1.1).</summary>
    FastOpenCookie = 34,
}
