namespace Engine.Mbufs.Wire;

/// <summary>Writes the network header, and what else is repeated, of each part that a packet is cut into.</summary>
internal interface IPartHeader
{
    /// <summary>Writes the header of a part but the first.</summary>
    /// <param name="header">Exactly its bytes.</param>
    /// <param name="original">The packet's own, as it was.</param>
    /// <param name="offset">Bytes of payload in the parts before.</param>
    /// <param name="length">Bytes of payload in this part.</param>
    /// <param name="isLast">No part follows.</param>
    void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast);

    /// <summary>Makes the packet's header that of the first part, when all others are written.</summary>
    /// <param name="header">The packet's own header, behind as many bytes as the first part's is longer.</param>
    /// <param name="length">Bytes of payload in this part.</param>
    /// <param name="isLast">No part follows.</param>
    void WriteFirst(Span<byte> header, int length, bool isLast);
}
