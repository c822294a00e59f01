namespace Engine.Mbufs;

/// <summary>
/// Where the bytes of a new packet come from (mbuf(9): the copy routine of m_devget). A struct, so that nothing is boxed; it may
/// be a ref struct and hold spans.
/// </summary>
public interface IMbufSource
{
    /// <summary>Copies the next bytes into a packet that is being made. Called in order, without gaps, once a segment.</summary>
    /// <param name="offset">Where in the packet the bytes go: how many came before.</param>
    /// <param name="destination">To be filled completely; never empty, and gone when the call returns, beyond which the
    /// compiler lets nobody keep it. What is not written is what was there before: bytes of a packet that was freed.</param>
    /// <remarks>May use the engine, but must not close the scope that the packet is made in. What it throws ends the making;
    /// nothing stays allocated.</remarks>
    void CopyTo(int offset, scoped Span<byte> destination);
}
