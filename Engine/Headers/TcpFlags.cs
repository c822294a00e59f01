namespace Engine.Mbufs.Wire;

/// <summary>The control bits of a TCP header (RFC 9293, section 3.1).</summary>
[Flags]
public enum TcpFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The sender has no more to send (FIN).</summary>
    Fin = 1 << 0,

    /// <summary>Sequence numbers are synchronised: a connection begins (SYN).</summary>
    Syn = 1 << 1,

    /// <summary>The connection is reset (RST).</summary>
    Rst = 1 << 2,

    /// <summary>The receiver shall pass on what it has (PSH).</summary>
    Psh = 1 << 3,

    /// <summary>The acknowledgment number counts (ACK).</summary>
    Ack = 1 << 4,

    /// <summary>The urgent pointer counts (URG).</summary>
    Urg = 1 << 5,

    /// <summary>Echo of a congestion mark (ECE; RFC 3168, section 6.1).</summary>
    Ece = 1 << 6,

    /// <summary>The congestion window was reduced (CWR; RFC 3168, section 6.1).</summary>
    Cwr = 1 << 7,

    /// <summary>Accurate congestion notification (AE; RFC 9768, section 3.1), once the nonce sum (NS; RFC 3540).</summary>
    Ae = 1 << 8,
}
