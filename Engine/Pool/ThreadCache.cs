using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// The magazines that one thread at a time works with: the claim, taking and returning items, and what a thread's operations have
/// under way. <see cref="MbufCache"/> is the public face of one that has an owner.
/// </summary>
/// <remarks>
/// A cache whose scope is closed is idle, and any thread that runs out of memory may drain it. One whose scope is open belongs
/// to its thread; it can only be asked, through <see cref="CacheHot.PopLimit"/> and <see cref="CacheHot.FreeLimit"/>, to flush by
/// itself.
/// </remarks>
internal sealed partial class ThreadCache
{
    public CacheHot Hot;

    /// <summary>How far <see cref="CacheHot.Opening"/> moves on when a scope is closed.</summary>
    public const uint OpeningStep = 1u << Mbuf.IndexBits;

    /// <summary>The cache of the null chain, in which no index is valid. It is never open, and nobody has a scope of it.</summary>
    public static readonly ThreadCache OfNull = new();

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
    private bool _flushRequested;

    private bool _disposed;

    /// <summary>Free routines that are due.</summary>
    public DueRoutines Due;

    /// <summary>References that many packets, which are being freed, have released.</summary>
    public GatheredReleases Gathered;

    private ThreadCache()
    {
        Arena = null!;
        Hot.Opening = OpeningStep; // Less this, the null chain's 0 is beyond the last index, which is 0.
    }

    public ThreadCache(MbufArena arena, bool isExplicit)
    {
        Arena = arena;
        IsExplicit = isExplicit;
        Hot.FirstSlot = arena.FirstSlot;
        Hot.IsFarReaching = arena.Layout.Limits[(int)ZoneId.Mbuf] > MostNearHeaders;
        Hot.Memory = arena.Memory;
        Hot.LastIndex = (uint)arena.Zones[(int)ZoneId.Mbuf].Carved;
        Hot.Front = new FrontSlot();
        if (!arena.HasFastFrees)
        {
            Hot.Front.Disable();
        }

        for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
        {
            Hot.Magazines[zone] = new MagazinePair(arena.EmptyMagazines.Take(), arena.EmptyMagazines.Take());
            if (!arena.HasFastFrees || zone == (int)ZoneId.Packet)
            {
                Hot.Magazines[zone].DisableFront();
            }
        }

        RaiseLimits();
    }

    /// <summary>The arena that the cache belongs to.</summary>
    public MbufArena Arena { get; }

    public bool IsExplicit { get; private set; }

    public bool IsIdle => Volatile.Read(ref _claim) == Claim.Idle;

    /// <summary>To the owner: false once the scope was closed, as by the visitor of an operation.</summary>
    public bool IsOpen => (_serial & 1) != 0;

    /// <summary>Odd while open. Read by the owner.</summary>
    public uint Serial => _serial;

    /// <summary>The number of the opening, one more each time; modulo 2^31.</summary>
    public uint Opening => _serial >> 1;

    /// <summary>Somebody's scope is open here, perhaps of a thread that ended.</summary>
    private bool IsInUse
        => Claim.StateOf(Volatile.Read(ref _claim)) is Claim.Open or Claim.Parked or Claim.DrainingParked && !Arena.TryAdopt(this);

    /// <summary>For a chain, position or tag whose index is not valid in its cache: its scope was closed, or it is null.</summary>
    [DoesNotReturn]
    public static void ThrowNotOfThisOpening(ThreadCache cache) => throw CreateNotOfThisOpening(cache);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Exception CreateNotOfThisOpening(ThreadCache cache) => cache == OfNull
        ? new MbufException("There is no packet, position or tag here: it is null, as after an allocation that found nothing, or a search. Test IsNull.")
        : ThrowHelper.CreateScopeClosed();

    /// <summary>Claims an explicit cache for the calling thread.</summary>
    /// <exception cref="InvalidOperationException">A scope of this cache is open already, here or on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its arena is disposed.</exception>
    public void OpenExplicit()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(MbufCache));
        CacheOwner owner = CacheOwner.Current;
        SpinWait spin = default;
        while (!TryOpen(owner))
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _claim) == Claim.Retired, typeof(MbufCache)); // Disposed, and replaced, since we looked.
            if (IsInUse)
            {
                throw new InvalidOperationException(
                    "A scope of this cache is open already. A cache serves one scope at a time: close that one first, or create a cache for each event loop.");
            }

            spin.SpinOnce(); // A thread that ran out of memory is draining the cache: a bounded piece of work.
        }

        owner.NoteExplicit(this);
    }

    /// <summary>Ends the ownership of an explicit cache: from then on it is one of those that the arena chooses from. Idempotent.</summary>
    /// <exception cref="InvalidOperationException">A scope of this cache is open.</exception>
    public void EndOwnership()
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

/// <summary>
/// External storage whose last reference has ended and whose free routine has not been called yet, linked by
/// <see cref="ExternalRecord.NextDue"/>. Part of a thread's cache, so that an operation calls what fell due by its own doing.
/// </summary>
internal struct DueRoutines
{
    /// <summary>The first such storage, counted from 1; 0 for none.</summary>
    public uint First;

    /// <summary>Routines wait, though something is due: for the end of an operation that is made of others.</summary>
    public bool AreHeld;

    public void Add(in ArenaMemory memory, uint storage)
    {
        memory.RecordOf(storage).NextDue = First;
        First = storage + 1;
    }

    /// <summary>
    /// Takes all that is due out: a routine that enters a scope of this cache runs what falls due by its own doing, not what its callers
    /// are calling, which would be a deeper call for each.
    /// </summary>
    public uint TakeAll()
    {
        uint due = First;
        First = 0;
        return due;
    }

    /// <summary>Adds what was taken out before and not called.</summary>
    /// <param name="memory">Where the records are.</param>
    /// <param name="first">As <see cref="TakeAll"/> returned it.</param>
    public void AddBack(in ArenaMemory memory, uint first)
    {
        if (First == 0)
        {
            First = first;
            return;
        }

        uint last = First;
        while (memory.RecordOf(last - 1).NextDue != 0)
        {
            last = memory.RecordOf(last - 1).NextDue;
        }

        memory.RecordOf(last - 1).NextDue = first;
    }
}

/// <summary>
/// References to one storage that were released in a row while many packets are freed, and are counted down by one atomic
/// subtraction: as many atomic ones as there are mbufs cost many times as much.
/// </summary>
internal struct GatheredReleases
{
    /// <summary>Releases are gathered: between the begin and the end of freeing many.</summary>
    public bool IsOn;

    public ZoneId Kind;

    public uint Storage;

    /// <summary>How many references have been released and not been counted down; 0 if nothing is gathered.</summary>
    public int Count;
}
