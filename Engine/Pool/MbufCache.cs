namespace Engine.Mbufs;

/// <summary>
/// The magazines that one thread at a time works with. An event loop may own one: it enters it once a turn and finds the mbufs of the
/// turn before still warm. Other code lets <c>arena.Enter()</c> choose.
/// </summary>
/// <remarks>
/// Made by <see cref="MbufArena.CreateCache"/>. While its scope is closed, any thread that runs out of memory may drain it.
/// </remarks>
public sealed class MbufCache : IDisposable
{
    internal MbufCache(ThreadCache cache) => Cache = cache;

    /// <summary>The arena that the cache belongs to.</summary>
    public MbufArena Arena => Cache.Arena;

    internal ThreadCache Cache { get; }

    /// <summary>
    /// Gives the cache back to the arena, with what its magazines hold. No scope of it may be open. Idempotent.
    /// </summary>
    /// <exception cref="InvalidOperationException">A scope of this cache is open.</exception>
    public void Dispose() => Cache.EndOwnership();
}
