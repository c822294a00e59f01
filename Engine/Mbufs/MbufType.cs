namespace Engine.Mbufs;

/// <summary>
/// What an mbuf holds (mbuf(9): <c>m_type</c>, <c>MT_*</c>). A label for accounting; no operation depends on it.
/// </summary>
public enum MbufType : byte
{
    /// <summary>Dynamic data: the type of every mbuf at allocation (MT_DATA).</summary>
    Data = 1,

    /// <summary>A packet header (MT_HEADER, which today's mbuf(9) makes a synonym of MT_DATA).</summary>
    Header = 2,

    /// <summary>A socket name (MT_SONAME).</summary>
    SocketName = 8,

    /// <summary>Control information, extra-data protocol messages (MT_CONTROL).</summary>
    Control = 14,

    /// <summary>Expedited, out-of-band data (MT_OOBDATA).</summary>
    OutOfBandData = 15,
}
