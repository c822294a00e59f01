namespace Engine.Mbufs;

/// <summary>A thread, as caches know it, and the caches that it may have open.</summary>
internal sealed class CacheOwner
{
    private static long s_count;

    [ThreadStatic]
    private static CacheOwner? t_current;

    /// <summary>
    /// The cache that the thread entered last, of any arena; most of the time it is idle, warm and right. Null while the thread
    /// may have others open, which <c>arena.Enter()</c> has to look at first.
    /// </summary>
    public ThreadCache? Recent;

    /// <summary>What its caches' claim words are while it is in them. Never used again for another thread.</summary>
    public readonly long OpenClaim = Claim.OpenFor(Interlocked.Increment(ref s_count));

    private readonly Thread _thread = Thread.CurrentThread;

    /// <summary>The shared cache that the thread opened last.</summary>
    private ThreadCache? _last;

    /// <summary>Caches that the thread opened and may still be in, if <see cref="Recent"/> is null.</summary>
    private ThreadCache?[] _held = new ThreadCache?[2];
    private int _heldCount;

    /// <summary>The calling thread's; null if it never entered anything.</summary>
    public static CacheOwner? CurrentOrNull => t_current;

    /// <summary>The calling thread's. Allocates it, once.</summary>
    public static CacheOwner Current => t_current ??= new CacheOwner();

    /// <summary>False once the thread has ended: what it has open, it will never close.</summary>
    public bool IsAlive => _thread.IsAlive;

    /// <summary>The cache of an arena that the thread is inside, if there is one. O(caches that the thread has open).</summary>
    public ThreadCache? FindOpen(MbufArena arena)
    {
        if (Recent is { } recent)
        {
            return recent.Arena == arena && recent.IsOpenFor(this) ? recent : null;
        }

        Forget();
        for (int number = 0; number < _heldCount; number++)
        {
            if (_held[number]!.Arena == arena)
            {
                return _held[number];
            }
        }

        return null;
    }

    /// <summary>The cache that the thread had in an arena, if it is free.</summary>
    public ThreadCache? TryOpenLast(MbufArena arena) => _last is { } last && last.Arena == arena && last.TryOpen(this) ? last : null;

    /// <summary>Notes a cache that the arena chose and the thread has just opened.</summary>
    public void NoteShared(ThreadCache opened)
    {
        _last = opened;
        Hold(Recent);
        Forget();
        Recent = null;
        if (_heldCount == 0)
        {
            Recent = opened;
        }
        else
        {
            Hold(opened);
        }
    }

    /// <summary>Notes a cache with an owner that the thread has just opened. Most of the time it is the one that it was before.</summary>
    public void NoteExplicit(ThreadCache opened)
    {
        if (_heldCount == 0 || _held[_heldCount - 1] != opened)
        {
            Hold(Recent);
            Recent = null;
            Forget();
            Hold(opened);
        }
    }

    private void Hold(ThreadCache? cache)
    {
        if (cache is null || Array.IndexOf(_held, cache, 0, _heldCount) >= 0)
        {
            return;
        }

        if (_heldCount == _held.Length)
        {
            Array.Resize(ref _held, 2 * _heldCount);
        }

        _held[_heldCount] = cache;
        _heldCount++;
    }

    /// <summary>Forgets the caches that the thread has left.</summary>
    private void Forget()
    {
        int kept = 0;
        for (int number = 0; number < _heldCount; number++)
        {
            if (_held[number]!.IsOpenFor(this))
            {
                _held[kept] = _held[number];
                kept++;
            }
        }

        Array.Clear(_held, kept, _heldCount - kept);
        _heldCount = kept;
    }
}

/// <summary>
/// The word that threads compete for, of each cache: in the low bits what may be done with its magazines, above them which
/// thread they are open for, so that a thread finds out by one comparison whether a cache is its own.
/// </summary>
internal static class Claim
{
    /// <summary>Nobody's: whoever exchanges it may enter or drain.</summary>
    public const long Idle = 0;

    /// <summary>With the owner's number. Left by the owner; for one whose thread has ended, by whoever adopts the cache.</summary>
    public const long Open = 1;

    /// <summary>A thread that holds the gate moves what the magazines hold to the depot.</summary>
    public const long Draining = 2;

    /// <summary>With the owner's number: it sleeps for memory inside its scope. Others may drain, but not enter.</summary>
    public const long Parked = 3;

    /// <summary>With the owner's number.</summary>
    public const long DrainingParked = 4;

    /// <summary>For ever: another cache took its place.</summary>
    public const long Retired = 5;

    private const int StateBits = 3;
    private const long StateMask = (1 << StateBits) - 1;

    /// <summary>The claim of an owner whose scope is open.</summary>
    public static long OpenFor(long owner) => (owner << StateBits) | Open;

    public static long StateOf(long claim) => claim & StateMask;

    /// <summary>The same owner's claim in another state.</summary>
    public static long InState(long claim, long state) => (claim & ~StateMask) | state;
}
