namespace Engine.Mbufs;

/// <summary>What <see cref="MbufChain.TryVisit"/> calls (mbuf(9): the function that m_apply takes).</summary>
/// <remarks>A struct, or a ref struct, costs neither a call through a table nor an allocation.</remarks>
public interface IMbufVisitor
{
    /// <summary>Called with each contiguous piece of the range, in order; never with an empty one.</summary>
    /// <param name="bytes">The piece, for reading during the call; the compiler lets nobody keep it. It is not valid any more
    /// when the chain is laid out anew or freed.</param>
    /// <returns>0 to go on; anything else ends the walk and is its result.</returns>
    int Visit(scoped ReadOnlySpan<byte> bytes);
}

/// <summary>What <see cref="MbufChain.TryTransform"/> calls (mbuf(9): a function for m_apply that writes).</summary>
/// <remarks>A struct, or a ref struct, costs neither a call through a table nor an allocation.</remarks>
public interface IMbufTransformer
{
    /// <summary>Called with each contiguous piece of the range, in order; never with an empty one.</summary>
    /// <param name="bytes">The piece, to be read and written during the call; the compiler lets nobody keep it. It is not valid
    /// any more when the chain is laid out anew or freed.</param>
    /// <returns>0 to go on; anything else ends the walk and is its result.</returns>
    int Transform(scoped Span<byte> bytes);
}
