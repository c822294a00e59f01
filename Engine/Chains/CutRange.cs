namespace Engine.Mbufs;

/// <summary>The bytes of a long mbuf that get storage of their own, and what is left of it on both sides.</summary>
/// <param name="Kept">Bytes at its start, which it keeps.</param>
/// <param name="Copied">Bytes behind them, which are copied.</param>
/// <param name="Rest">Bytes behind those, which stay where they are and become another mbuf's.</param>
internal readonly record struct CutRange(int Kept, int Copied, int Rest);
