namespace Engine.Mbufs;

/// <summary>
/// The magazines that one thread at a time works with. An event loop may own one: it enters it once a turn, with
/// <see cref="Enter"/>, and finds the mbufs of the turn before still warm. Other code lets <see cref="MbufArena.Enter()"/> choose.
/// </summary>
/// <remarks>
/// A cache whose scope is closed is idle, and any thread that runs out of memory may drain it. One whose scope is open belongs
/// to its thread; it can only be asked, through <see cref="CacheHot.PopLimit"/> and <see cref="CacheHot.FreeLimit"/>, to flush by
/// itself.
/// </remarks>
public sealed partial class MbufCache : IDisposable
{
    internal CacheHot Hot;

    /// <summary>How far <see cref="CacheHot.Opening"/> moves on when a scope is closed.</summary>
    internal const uint OpeningStep = 1u << Mbuf.IndexBits;

    /// <summary>The cache of the null chain, in which no index is valid. It is never open, and nobody has a scope of it.</summary>
    internal static readonly MbufCache OfNull = new();

    /// <summary>
    /// Headers of an arena that last-level caches still hold, 16 MiB of them: asking for fewer in advance costs more than it gives.
    /// </summary>
    private const int MostNearHeaders = 256 * 1024;

    /// <summary>Counts openings and their ends: odd while open. A scope whose number has passed is closed.</summary>
    private uint _serial;

    /// <summary>A <see cref="Claim"/>. The one word that threads compete for.</summary>
    private long _claim;

    /// <summary>Who opened it last; of an open cache its owner, but for a moment after the claim was taken.</summary>
    private CacheOwner? _owner;

    /// <summary>Somebody waits for memory or asked for it: the owner's next slow path flushes. Set under the gate.</summary>
    private bool _asked;

    private bool _disposed;

    /// <summary>Where the internal buffers start; the distance of two of them is their size.</summary>
    private readonly long _firstInternal;

    private MbufCache()
    {
        Arena = null!;
        Storages = [];
        Hot.Opening = OpeningStep; // Less this, the null chain's 0 is beyond the last index, which is 0.
    }

    internal MbufCache(MbufArena arena, bool isExplicit)
    {
        Arena = arena;
        IsExplicit = isExplicit;
        Hot.FirstSlot = arena.FirstSlot;
        StorageLayout cluster = arena.Layout.Storages[(int)StorageKind.Cluster];
        Hot.FreshCluster = cluster.Start + cluster.Headroom;
        Hot.FirstCluster = cluster.Start;
        Hot.FirstClusterEnd = cluster.Start + cluster.Capacity;
        Hot.ClusterStride = cluster.Stride;
        Hot.IsFarReaching = arena.Layout.Limits[(int)ZoneId.Mbuf] > MostNearHeaders;
        Hot.Memory = arena.Memory;
        Hot.Step = arena.GenerationStep;
        Hot.LastIndex = (uint)arena.Zones[(int)ZoneId.Mbuf].Carved;
        Storages = arena.Layout.Storages;
        _firstInternal = Storages[(int)StorageKind.Internal].Start;
        Hot.Hand = new PacketHand();
        if (!arena.HasFastFrees)
        {
            Hot.Hand.Disable();
        }

        for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
        {
            Hot.Magazines[zone] = new MagazinePair(arena.EmptyMagazines.Take(), arena.EmptyMagazines.Take());
            if (!arena.HasFastFrees || zone == (int)ZoneId.Packet)
            {
                Hot.Magazines[zone].DisableHand();
            }
        }

        RaiseLimits();
    }

    /// <summary>The arena that the cache belongs to.</summary>
    public MbufArena Arena { get; }

    internal bool IsExplicit { get; private set; }

    internal StorageLayout[] Storages { get; }

    internal bool IsIdle => Volatile.Read(ref _claim) == Claim.Idle;

    /// <summary>To the owner: false once the scope was closed, as by the visitor of an operation.</summary>
    private bool IsOpen => (_serial & 1) != 0;

    /// <summary>Odd while open. Read by the owner.</summary>
    internal uint Serial => _serial;

    /// <summary>The number of the opening, one more each time; modulo 2^31.</summary>
    internal uint Opening => _serial >> 1;

    /// <summary>Somebody's scope is open here, perhaps of a thread that ended.</summary>
    private bool IsInUse
        => Claim.StateOf(Volatile.Read(ref _claim)) is Claim.Open or Claim.Parked or Claim.DrainingParked && !Arena.TryAdopt(this);

    /// <summary>
    /// Opens a scope on this cache for the calling thread: once per turn of an event loop, not per packet. Close it
    /// (<c>using</c>) before the thread blocks.
    /// </summary>
    /// <returns>The scope. It cannot leave the thread.</returns>
    /// <exception cref="InvalidOperationException">A scope of this cache is open already, here or on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its arena is disposed.</exception>
    /// <remarks>Cost: one compare-exchange, one memory barrier.</remarks>
    public MbufScope Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        CacheOwner owner = CacheOwner.Current;
        SpinWait spin = default;
        while (!TryOpen(owner))
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _claim) == Claim.Retired, this); // Disposed, and replaced, since we looked.
            if (IsInUse)
            {
                throw new InvalidOperationException(
                    "A scope of this cache is open already. A cache serves one scope at a time: close that one first, or create a cache for each event loop.");
            }

            spin.SpinOnce(); // A thread that ran out of memory is draining the cache: a bounded piece of work.
        }

        owner.NoteExplicit(this);
        return new MbufScope(this);
    }

    /// <summary>
    /// Gives the cache back to the arena, with what its magazines hold. No scope of it may be open. Idempotent.
    /// </summary>
    /// <exception cref="InvalidOperationException">A scope of this cache is open.</exception>
    public void Dispose()
    {
        if (_disposed || Arena.IsReleased)
        {
            _disposed = true;
            return;
        }

        if (IsInUse)
        {
            throw new InvalidOperationException("A scope of this cache is open. Close it before the cache.");
        }

        _disposed = true;
        IsExplicit = false; // From now on the arena's own Enter may choose it.
        Interlocked.MemoryBarrier(); // [guard: OwnershipEndsFirst]
        Arena.WakeForCache(); // [guard: OwnershipLooksForSleepers]
    }
}
