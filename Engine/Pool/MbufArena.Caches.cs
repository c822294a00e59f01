using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>Which cache a scope gets, and what happens where none is free.</content>
public sealed partial class MbufArena
{
    /// <summary>As many caches are looked at before a new one is made: a search of all of them is for when there may be no more.</summary>
    private const int NearCaches = 8;

    /// <summary>Something that threads sleep for: a cache has become idle, or the arena is disposed.</summary>
    private readonly EventCount _idle = new();

    /// <summary>How many caches were made.</summary>
    internal int CacheCount => _cacheCount;

    /// <summary>One of the caches that were made, from 0.</summary>
    internal ThreadCache CacheAt(int number) => _caches[number]!;

    /// <summary>
    /// A cache became idle: tells one of those who sleep until one does. After a full fence; they count themselves, with a full fence, before
    /// they look.
    /// </summary>
    internal void WakeForCache()
    {
        if (HasCacheSleepers)
        {
            _idle.WakeOne();
        }
    }

    /// <summary>A scope was closed: the same, those who sleep for memory, since an idle cache can be drained, and who disposed the arena.</summary>
    internal void WakeAfterClosing()
    {
        if (HasWaiters)
        {
            Signal(); // [guard: CloseLooksForWaiters]
        }

        WakeForCache(); // [guard: CloseLooksForSleepers]
        if (IsDisposed)
        {
            TryRelease(); // [guard: CloseLooksForDispose]
        }
    }

    /// <summary>
    /// Makes a cache idle whose owner has ended inside a scope, with what its magazines hold in the depot. False if that is not so.
    /// </summary>
    internal bool TryAdopt(ThreadCache cache)
    {
        lock (Gate)
        {
            if (!cache.TryBeginAdoption())
            {
                return false;
            }

            FlushAndEndDrain(cache);
            return true;
        }
    }

    /// <summary>True if there was a cache to adopt. O(caches).</summary>
    internal bool TryAdoptAny()
    {
        bool adopted = false;
        for (int number = Volatile.Read(ref _cacheCount) - 1; number >= 0; number--)
        {
            adopted |= TryAdopt(_caches[number]!);
        }

        return adopted;
    }

    /// <summary>Where the thread's recent cache is not free, or it is inside a scope already.</summary>
    internal ThreadCache ClaimCache(TimeSpan timeout, CancellationToken cancellationToken, out bool isInside)
    {
        CacheOwner owner = CacheOwner.Current;
        if (owner.FindOpen(this) is { } open)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            isInside = true;
            return open;
        }

        ThreadCache cache = owner.TryOpenLast(this) ?? TryOpenAny(owner, NearCaches) ?? TryOpenNew(owner)
            ?? TryOpenAny(owner, _caches.Length) ?? AwaitCache(owner, timeout, cancellationToken);
        owner.NoteShared(cache);
        isInside = false;
        return cache;
    }

    /// <summary>Opens one of the first caches from where a thread starts to look, which is not where others do.</summary>
    private ThreadCache? TryOpenAny(CacheOwner owner, int most)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        int count = Volatile.Read(ref _cacheCount);
        int next = count == 0 ? 0 : Environment.CurrentManagedThreadId % count;
        for (int left = Math.Min(most, count); left > 0; left--)
        {
            ThreadCache candidate = Volatile.Read(ref _caches[next])!;
            if (!candidate.IsExplicit && candidate.TryOpen(owner))
            {
                return candidate;
            }

            next = next + 1 == count ? 0 : next + 1;
        }

        return null;
    }

    private ThreadCache? TryOpenNew(CacheOwner owner)
    {
        if (Volatile.Read(ref _cacheCount) == _caches.Length)
        {
            return null;
        }

        lock (Gate)
        {
            // Again, under the gate: a new cache's magazines lie in memory that a Dispose meanwhile may have released.
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return owner.TryOpenLast(this) ?? AddCache(isExplicit: false, owner); // It was being drained, perhaps: that is over now.
        }
    }

    /// <summary>All caches are in use: looks again for a moment, then sleeps until one is not.</summary>
    private ThreadCache AwaitCache(CacheOwner owner, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        for (SpinWait spin = default; timeout != TimeSpan.Zero && !spin.NextSpinWillYield; spin.SpinOnce())
        {
            if (TryOpenAny(owner, _caches.Length) is { } found)
            {
                return found;
            }
        }

        using (cancellationToken.UnsafeRegister(static arena => ((MbufArena)arena!)._idle.WakeAll(), this))
        {
            Interlocked.Add(ref _concerns, CacheSleeper); // [guard: SleeperCountsFirst]
            try
            {
                return SleepForCache(owner, started, timeout, cancellationToken);
            }
            catch
            {
                _idle.WakeOne(); // What woke this thread may have been meant for another.
                throw;
            }
            finally
            {
                Interlocked.Add(ref _concerns, -CacheSleeper);
            }
        }
    }

    private ThreadCache SleepForCache(CacheOwner owner, long started, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (true)
        {
            int seen = _idle.Number; // [guard: SleeperReadsNumberFirst]
            if (TryOpenAny(owner, _caches.Length) is { } found)
            {
                return found;
            }

            if (TryAdoptAny())
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfAllHaveOwners();
            if (!TryGetRemaining(started, timeout, out int milliseconds))
            {
                throw new TimeoutException(
                    $"All {_caches.Length} caches of the arena were in use until the time was over: each thread that is inside a scope needs one.");
            }

            _idle.Sleep(seen, AtMostAMoment(milliseconds));
        }
    }

    private void ThrowIfAllHaveOwners()
    {
        if (Volatile.Read(ref _cacheCount) == _caches.Length && Array.TrueForAll(_caches, static cache => cache!.IsExplicit))
        {
            throw TooManyOwners();
        }
    }

    /// <summary>Under the gate: a new cache, open for a thread or idle. Null if the arena has as many as it may.</summary>
    private ThreadCache? AddCache(bool isExplicit, CacheOwner? owner = null)
    {
        if (_cacheCount == _caches.Length)
        {
            return null;
        }

        var cache = new ThreadCache(this, isExplicit);
        if (owner is not null)
        {
            cache.TryOpen(owner); // Before others see it.
        }

        _caches[_cacheCount] = cache;
        Volatile.Write(ref _cacheCount, _cacheCount + 1);
        return cache;
    }

    /// <summary>
    /// Under the gate: puts a new cache with an owner in the place of one that nobody owns and nobody is in. The old one is never
    /// entered again, so whoever still holds it, or a chain of it, finds it closed. Null if there is none.
    /// </summary>
    private ThreadCache? ReplaceCache()
    {
        for (int number = 0; number < _cacheCount; number++)
        {
            ThreadCache old = _caches[number]!;
            TryAdopt(old);
            if (old.TryRetire())
            {
                FlushUnderGate(old);
                old.UnloadMagazines();
                old.Withdraw();
                var replacement = new ThreadCache(this, isExplicit: true);
                Volatile.Write(ref _caches[number], replacement);
                return replacement;
            }
        }

        return null;
    }

    /// <summary>
    /// Under the gate, when stress was changed: every cache's next allocation takes the slow path, which asks. Where stress has ended,
    /// it finds that out and lowers the floor again.
    /// </summary>
    internal void ApplyStress()
    {
        for (int number = 0; number < _cacheCount; number++)
        {
            _caches[number]!.RaiseFloor(); // By a volatile write, which nobody sees before the settings. [guard: StressSetsFirst]
        }
    }

    private InvalidOperationException TooManyOwners() => new(
        $"All {_caches.Length} caches of the arena are in use or have an owner ({nameof(CreateCache)}). Dispose caches, close scopes (with "
        + "using), or raise MbufArenaOptions.Caches.");
}
