namespace Engine.Mbufs;

/// <summary>One allocation that a waiting form repeats until it succeeds.</summary>
internal interface IAllocation
{
    /// <summary>Tries once; null if the arena is exhausted, with nothing kept.</summary>
    MbufChain Attempt(MbufCache cache);
}
