using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A thread's access to an arena, for one turn of its work: every allocation, and the way from a handle back to a chain. Hold
/// it in a <c>using</c> and close it before the thread blocks.
/// </summary>
/// <remarks>
/// A ref struct, so that the compiler confines it, and with it the cache's magazines, to one thread: it cannot be stored in a
/// field, captured, or held across an <c>await</c>, and no chain made from it can leave its block.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly ref partial struct MbufScope : IDisposable
{
    private const uint Plain = HeaderFlags.Head;
    private const uint Packet = HeaderFlags.Head | HeaderFlags.PacketHeader;

    private readonly ThreadCache _cache;

    /// <summary><see cref="CacheHot.Opening"/> as it was when the scope was opened; another one means that it was closed.</summary>
    private readonly uint _opening;

    /// <summary>
    /// The number of the opening that <see cref="Dispose"/> ends, in all its 32 bits; of an inner scope the number before, which is past.
    /// </summary>
    private readonly uint _ends;

    /// <summary>The scope of a cache that the thread has just opened.</summary>
    internal MbufScope(ThreadCache cache)
    {
        _cache = cache;
        _opening = cache.Hot.Opening;
        _ends = cache.Serial;
    }

    private MbufScope(ThreadCache cache, uint ends)
    {
        _cache = cache;
        _opening = cache.Hot.Opening;
        _ends = ends;
    }

    /// <summary>The arena that the scope was opened on. O(1).</summary>
    public MbufArena Arena => _cache.Arena;

    /// <summary>The cache, while the scope is open.</summary>
    internal ThreadCache Cache
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_cache.Hot.Opening != _opening)
            {
                ThrowHelper.ScopeClosed();
            }

            return _cache;
        }
    }

    /// <summary>A scope inside another one of the same thread: it shares that one's opening, and its end ends nothing.</summary>
    internal static MbufScope Inside(ThreadCache cache) => new(cache, ends: cache.Serial - 1);

    /// <summary>
    /// Turns a handle back into a chain, on any thread. The handle is used up: every copy of it is stale from now on.
    /// </summary>
    /// <param name="packet">A handle from <see cref="MbufChain.Detach"/> or a bulk allocation of the same arena.</param>
    /// <returns>The chain, owned by the caller; never null.</returns>
    /// <exception cref="MbufStaleException">The handle was used before: its packet was opened, freed or given away.</exception>
    /// <exception cref="MbufForeignException">The handle belongs to another arena.</exception>
    /// <exception cref="MbufException">The handle is null.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>
    /// O(1). Two threads that open one handle at the same moment are a bug that only checked mode is sure to see.
    /// </remarks>
    [UnscopedRef]
    public MbufChain Open(Mbuf packet)
    {
        ThreadCache cache = _cache;
        uint index = packet.Slot - cache.Hot.FirstSlot;
        if (cache.Hot.Opening != _opening || index - 1 >= cache.Hot.LastIndex || cache.Hot.PopLimit == 0)
        {
            return OpenSlow(packet);
        }

        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        if (header.Generation != packet.Generation || !header.IsLiveHead)
        {
            ThrowHelper.Stale();
        }

        uint generation = packet.Generation + cache.Hot.Memory.Step;
        header.Generation = generation;
        return new MbufChain(cache, index + _opening, generation);
    }

    /// <summary>Refuses, or takes the claim such that of two threads that open one handle exactly one succeeds: in checked mode, which keeps every fast path off.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MbufChain OpenSlow(Mbuf packet)
    {
        ThreadCache cache = Cache;
        uint index = packet.Slot - cache.Hot.FirstSlot;
        if (index - 1 >= cache.Hot.LastIndex)
        {
            cache.ThrowNotInRange(packet);
        }

        ref MbufHeader header = ref cache.Hot.Memory.Header(index);
        if (header.Generation != packet.Generation || !header.IsLiveHead || !cache.TryExchangeClaim(ref header, packet.Generation))
        {
            ThrowHelper.Stale();
        }

        return MbufChain.Of(cache, index, packet.Generation + cache.Hot.Memory.Step);
    }

    /// <summary>
    /// Closes the scope and gives its cache back. Chains that were not detached or freed stay live, without an owner; that is a
    /// leak. Closing twice, or a copy, does nothing. O(1), unless somebody waits for memory: then the magazines are flushed.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// An operation of the scope has called a free routine, a callback, a handler or a source, and that closes it: the scope stays open. No
    /// other use of the scope makes this throw.
    /// </exception>
    /// <remarks>
    /// A scope that was entered inside another one of the same thread and arena shares its cache: its chains, and the claim on the
    /// cache, last until the outer one is closed, which ends both.
    /// </remarks>
    public void Dispose() => _cache?.Close(_ends);

    /// <summary>For people. Allocates a string.</summary>
    public override string ToString() => _cache is null ? "no scope" : $"scope of {_cache.Arena}";
}
