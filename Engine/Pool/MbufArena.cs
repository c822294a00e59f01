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

    private readonly ArenaMemory _memory;

    private readonly uint _id;

    private readonly ThreadCache?[] _caches;

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
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names each that is, with its range.</exception>
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
        _caches = new ThreadCache?[Layout.Caches];
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

        _memory = new ArenaMemory(_region.Open(Layout.CountsStart, Layout.ColdStart), Layout, ArenaTable.GenerationStep);
        EmptyMagazines = new EmptyMagazines(new MagazineStack(Memory.Raw, Layout.MagazinesStart), Layout.MagazineCount);
        Zones = new Zone[ArenaLayout.ZoneCount];
        for (int zone = 0; zone < Zones.Length; zone++)
        {
            Zones[zone] = new Zone((ZoneId)zone, Layout.Limits[zone], NewDepot(), NewDepot(), new RestingItems(Memory.Raw));
        }

        Quarantine = IsChecked ? new Quarantine(this) : null;
        GC.KeepAlive(ThreadCache.OfNull); // Made now, not where the first allocation finds nothing.
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

    /// <summary>What the arena's memory is, and what is done to it. Each cache has a copy beside its other hot words.</summary>
    internal ref readonly ArenaMemory Memory => ref _memory;

    internal Zone[] Zones { get; }

    internal EmptyMagazines EmptyMagazines { get; }

    internal Quarantine? Quarantine { get; }

    internal uint FirstSlot => _id << Mbuf.IndexBits;

    /// <summary>
    /// Guards carving, draining, waiting and release: everything but the lock-free depot and the caches' own magazines.
    /// </summary>
    internal object Gate { get; } = new();

    internal bool IsReleased => _released;

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
            return new MbufCache(AddCache(isExplicit: true) ?? ReplaceCache() ?? throw TooManyOwners());
        }
    }

    /// <summary>
    /// Closes the arena: <c>Enter</c> throws from now on, and the memory is released when the last open scope has ended,
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

    private Depot NewDepot() => new(new MagazineStack(Memory.Raw, Layout.MagazinesStart), EmptyMagazines.Take());

    /// <summary>
    /// Releases the memory of a disposed arena once nobody is in it; then calls the routines of external storage that packets
    /// still referred to.
    /// </summary>
    internal void TryRelease()
    {
        List<MbufExternalStorage> attached;
        lock (Gate)
        {
            if (_released)
            {
                return;
            }

            for (int cache = 0; cache < _cacheCount; cache++)
            {
                if (!_caches[cache]!.IsIdle && !TryAdopt(_caches[cache]!))
                {
                    return;
                }
            }

            _liveAtRelease = CurrentMbufs();
            attached = LiveExternalStorages();
            uint nextGeneration = NextGeneration();
            _released = true;
            for (int cache = 0; cache < _cacheCount; cache++)
            {
                _caches[cache]!.Withdraw();
            }

            if (ClearsOnFree && _region.IsOfHeap)
            {
                ClearCarved(); // The heap gives it to the next who asks; Linux zeroes the pages that it takes back.
            }

            _region.Free();
            ArenaTable.Release(_id, nextGeneration);
        }

        MbufExternalStorage.ReleaseAll(attached);
    }

    /// <summary>A generation behind all that any mbuf has reached, for the next arena with this id. O(mbufs carved).</summary>
    private uint NextGeneration()
    {
        uint changes = 0;
        for (uint index = 1; index <= (uint)Zones[(int)ZoneId.Mbuf].Carved; index++)
        {
            changes = Math.Max(changes, ArenaTable.ChangesBetween(_firstGeneration, Memory.Header(index).Generation));
        }

        return _firstGeneration + ((changes + 1) * Memory.Step);
    }

    /// <summary>
    /// What is attached to packets that are live when the memory is released, but for what others than packets still count.
    /// </summary>
    private List<MbufExternalStorage> LiveExternalStorages()
    {
        var attached = new List<MbufExternalStorage>();
        for (int item = 0; item < Zones[(int)ZoneId.External].Carved; item++)
        {
            ref ExternalRecord record = ref Memory.RecordOf((uint)item);
            if (record.IsLive && record.RemoveAllHolders())
            {
                attached.Add(record.Storage);
            }
        }

        return attached;
    }

    /// <summary>
    /// Zeroes all storage that was ever handed out, in use or not; nobody may be in the arena. What was never handed out is zero.
    /// </summary>
    internal void ClearCarved()
    {
        for (int kind = 0; kind < (int)ZoneId.External; kind++)
        {
            StorageLayout layout = Layout.Storages[kind];
            long count = Zones[kind].Carved + (kind == (int)ZoneId.Mbuf ? 1 : 0); // Mbuf 0 is null.
            Memory.Raw.Clear(layout.Start, count * layout.Stride);
        }
    }
}
