using System.Diagnostics;

namespace Engine.Mbufs;

/// <summary>
/// The memory of mbufs: one native reservation, shared by all threads, whose limits were chosen once. Threads work with it
/// through a scope: <c>using MbufScope mbufs = arena.Enter();</c>
/// </summary>
/// <remarks>
/// <para>Thread-safe. An arena is meant to live as long as what it serves; at most 255 exist at a time.</para>
/// <para>There is no finalizer, since freeing memory that a span may view is never right: an arena that is not disposed keeps its
/// reservation until the process ends.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class MbufArena : IDisposable
{
    private readonly NativeRegion _region;
    private readonly uint _id;
    private readonly MbufCache?[] _caches;
    private int _cacheCount;
    private volatile bool _released;
    private int _liveAtRelease;

    /// <summary>Reserves an arena with the default limits.</summary>
    /// <exception cref="InvalidOperationException">255 arenas exist already.</exception>
    /// <exception cref="OutOfMemoryException">The system refuses the address space.</exception>
    public MbufArena()
        : this(new MbufArenaOptions())
    {
    }

    /// <summary>
    /// Reserves an arena. Address space only, unless <see cref="MbufArenaOptions.Prefault"/> says otherwise: memory becomes resident
    /// as it is first used.
    /// </summary>
    /// <param name="options">The limits; not kept.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range; the message names it and the range.</exception>
    /// <exception cref="InvalidOperationException">255 arenas exist already.</exception>
    /// <exception cref="OutOfMemoryException">The system refuses the address space or, with
    /// <see cref="MbufArenaOptions.Prefault"/>, the memory. Nothing stays reserved.</exception>
    public MbufArena(MbufArenaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Layout = new ArenaLayout(options);
        Name = options.Name;
        Stress = new MbufStress(this);
        IsChecked = options.Checked;
        ClearsOnFree = options.ClearOnFree;
        HasFastFrees = !IsChecked && !ClearsOnFree;
        (_time, _warningInterval, _reclaimInterval) = (options.TimeProvider, options.WarningInterval, options.ReclaimInterval);
        _caches = new MbufCache?[Layout.Caches];
        _region = new NativeRegion(Layout.Length, options.HugePages, options.Prefault, Portability.IsForced);
        try
        {
            _id = ArenaTable.Register(out _firstGeneration);
        }
        catch
        {
            _region.Free();
            throw;
        }

        GenerationStep = ArenaTable.GenerationStep;

        Memory = _region.Open(Layout.CountsStart, Layout.ColdStart);
        EmptyMagazines = new EmptyMagazines(new MagazineStack(Memory, Layout.MagazinesStart), Layout.MagazineCount);
        Zones = new Zone[ArenaLayout.ZoneCount];
        for (int zone = 0; zone < Zones.Length; zone++)
        {
            Zones[zone] = new Zone((ZoneId)zone, Layout.Limits[zone], NewPile(), NewPile(), new RestingMbufs(Memory));
        }

        Quarantine = IsChecked ? new Quarantine(this) : null;
        GC.KeepAlive(MbufCache.OfNull); // Made now, not where the first allocation finds nothing.
        Memory.Header(0).Flags = HeaderFlags.ReadOnly; // It stands for null: nothing has room there, and nothing is a head.
    }

    /// <summary>The name given in the options, or null.</summary>
    public string? Name { get; }

    /// <summary>True in checked mode: <see cref="MbufArenaOptions.Checked"/>.</summary>
    public bool IsChecked { get; }

    /// <summary><see cref="MbufArenaOptions.ClearOnFree"/>.</summary>
    internal bool ClearsOnFree { get; }

    /// <summary>True if nothing has to be done with what is freed: then frees may take the fast path.</summary>
    internal bool HasFastFrees { get; }

    /// <summary>Failures made on purpose, for tests: switched on and off while the arena is in use. Off by default.</summary>
    public MbufStress Stress { get; }

    /// <summary>
    /// Mbufs that are allocated and not freed: held by chains, handles and queues. After the memory was released, what was live
    /// then: leaked.
    /// </summary>
    /// <remarks>
    /// Derived, not counted: exact while no scope is open elsewhere, a moment's view otherwise. Cost: O(caches).
    /// </remarks>
    public int LiveMbufs
    {
        get
        {
            lock (Gate)
            {
                return _released ? _liveAtRelease : CurrentMbufs();
            }
        }
    }

    /// <summary>True after <see cref="Dispose"/>: no scope can be entered any more.</summary>
    public bool IsDisposed => Volatile.Read(ref _concerns) >= DisposedMark;

    internal ArenaLayout Layout { get; }

    internal ArenaMemory Memory { get; }

    internal Zone[] Zones { get; }

    internal EmptyMagazines EmptyMagazines { get; }

    internal Quarantine? Quarantine { get; }

    internal uint GenerationStep { get; }

    internal uint FirstSlot => _id << Mbuf.IndexBits;

    /// <summary>
    /// Guards carving, draining, waiting and release: everything but the lock-free depot and the caches' own magazines.
    /// </summary>
    internal object Gate { get; } = new();

    internal bool IsReleased => _released;

    /// <summary>
    /// Opens a scope for the calling thread: claims a cache for it until the scope is disposed. Once per turn of an event loop
    /// or unit of work, not per packet; do not block in a scope.
    /// </summary>
    /// <returns>The scope, to be held in a <c>using</c>.</returns>
    /// <exception cref="MbufCorruptionException">In checked mode: freed storage was found written, and nobody was told
    /// yet.</exception>
    /// <exception cref="ObjectDisposedException">The arena is disposed, perhaps while this waited.</exception>
    /// <exception cref="InvalidOperationException">Every cache that the arena may have has an owner
    /// (<see cref="CreateCache"/>).</exception>
    /// <remarks>
    /// <para>Where <see cref="MbufArenaOptions.Caches"/> threads are inside scopes, it waits until one of them leaves, without end:
    /// <see cref="Enter(TimeSpan, CancellationToken)"/> ends a wait.</para>
    /// <para>A thread that is inside a scope of the arena never waits: it is given that scope's cache, and what it allocates lives
    /// until the outer scope is closed. So a free routine, a callback or a handler may enter whatever thread it runs on.</para>
    /// <para>Cost: one compare-exchange and one memory barrier; the first entries on a new arena also create the cache.</para>
    /// </remarks>
    public MbufScope Enter()
    {
        Quarantine?.ThrowIfSpoiled();
        return CacheOwner.CurrentOrNull is { Recent: { } recent } owner && recent.Arena == this && recent.TryOpen(owner)
            ? new MbufScope(recent)
            : EnterSlow(Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    /// <summary><see cref="Enter()"/>, which waits no longer than this if all caches are in use.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The scope, to be held in a <c>using</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="MbufCorruptionException">In checked mode: freed storage was found written, and nobody was told
    /// yet.</exception>
    /// <exception cref="TimeoutException">All caches were in use for as long as that.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The arena is disposed, perhaps while this waited.</exception>
    /// <exception cref="InvalidOperationException">Every cache that the arena may have has an owner
    /// (<see cref="CreateCache"/>).</exception>
    /// <remarks>The same as <see cref="Enter()"/> where it need not wait.</remarks>
    public MbufScope Enter(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ThrowIfNoTimeout(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        Quarantine?.ThrowIfSpoiled();
        return EnterSlow(timeout, cancellationToken);
    }

    /// <summary>
    /// Creates a cache that only its owner enters: for an event loop. It counts towards <see cref="MbufArenaOptions.Caches"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The arena is disposed.</exception>
    /// <exception cref="InvalidOperationException">The arena has as many caches as <see cref="MbufArenaOptions.Caches"/>
    /// allows, and each has an owner or is in use at this moment. This does not wait.</exception>
    public MbufCache CreateCache()
    {
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return AddCache(isExplicit: true) ?? ReplaceCache() ?? throw TooManyOwners();
        }
    }

    /// <summary>
    /// Closes the arena: <see cref="Enter()"/> throws from now on, and the memory is released when the last open scope has ended,
    /// at once if none is open. Packets that are still live go with it; <see cref="LiveMbufs"/> says how many they were.
    /// Idempotent, thread-safe.
    /// </summary>
    /// <remarks>
    /// A scope whose thread has ended is closed by it. One whose thread ends later, without closing it, keeps the memory until
    /// this is called again.
    /// </remarks>
    public void Dispose()
    {
        // [guard: DisposeMarksFirst]
        if (Interlocked.Or(ref _concerns, DisposedMark) < DisposedMark)
        {
            Signal(); // [guard: DisposeWakesWaiters]
            _idle.WakeAll(); // [guard: DisposeWakesSleepers]
        }

        TryRelease();
    }

    /// <summary>For people: name, id, live mbufs. Allocates a string.</summary>
    public override string ToString()
        => $"arena {_id}{(Name is null ? "" : $" \"{Name}\"")}: {LiveMbufs} of {Zones[0].Limit} mbufs live{(IsDisposed ? ", disposed" : "")}";

    private ItemPile NewPile() => new(new MagazineStack(Memory, Layout.MagazinesStart), EmptyMagazines.Take());
}
