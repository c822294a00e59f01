namespace Engine.Mbufs.Wire;

/// <summary>What is added up over the segments of a chain.</summary>
internal interface IByteSum
{
    /// <summary>Adds the bytes that come next.</summary>
    void Add(ReadOnlySpan<byte> bytes);
}
