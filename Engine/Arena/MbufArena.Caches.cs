namespace Engine.Mbufs;

/// <content>Which cache a scope gets.</content>
public sealed partial class MbufArena
{
    private MbufCache FindCache()
    {
        SpinWait spin = default;
        while (true)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            bool changing = false;
            ulong openings = CountOpenings();
            int count = Volatile.Read(ref _cacheCount);
            int start = Environment.CurrentManagedThreadId;
            for (int step = 0; step < count; step++)
            {
                MbufCache candidate = _caches[(start + step) % count]!;
                if (!candidate.IsExplicit && candidate.TryOpen())
                {
                    return candidate;
                }

                changing |= candidate.IsChanging;
            }

            lock (Gate)
            {
                // Again, under the gate: a new cache's magazines lie in memory that a Dispose meanwhile may have released.
                ObjectDisposedException.ThrowIf(IsDisposed, this);
                if (AddCache(isExplicit: false) is { } added)
                {
                    if (added.TryOpen())
                    {
                        return added;
                    }

                    changing = true; // Another thread saw it first; there may be room for one more.
                }
            }

            if (!changing && CountOpenings() == openings)
            {
                throw TooManyScopes();
            }

            spin.SpinOnce(); // A thread that ran out of memory drains a cache, or has just done so: it is free in a moment.
        }
    }

    /// <summary>
    /// Changes whenever a scope is opened or closed: while it stands still, a cache that was seen in use is in use. A search
    /// that found none may else have passed by each just before it was closed.
    /// </summary>
    private ulong CountOpenings()
    {
        ulong openings = 0;
        for (int number = Volatile.Read(ref _cacheCount) - 1; number >= 0; number--)
        {
            openings += _caches[number]!.Serial;
        }

        return openings;
    }

    /// <summary>Under the gate. Null if the arena has as many as it may.</summary>
    private MbufCache? AddCache(bool isExplicit)
    {
        if (_cacheCount == _caches.Length)
        {
            return null;
        }

        var cache = new MbufCache(this, isExplicit);
        _caches[_cacheCount] = cache;
        Volatile.Write(ref _cacheCount, _cacheCount + 1);
        return cache;
    }

    /// <summary>
    /// Under the gate: puts a new cache with an owner in the place of one that nobody owns and nobody is in. The old one is never
    /// entered again, so whoever still holds it, or a chain of it, finds it closed. Null if there is none.
    /// </summary>
    private MbufCache? ReplaceCache()
    {
        for (int number = 0; number < _cacheCount; number++)
        {
            MbufCache old = _caches[number]!;
            if (old.TryRetire())
            {
                FlushUnderGate(old);
                old.UnloadMagazines();
                old.Withdraw();
                var replacement = new MbufCache(this, isExplicit: true);
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
    internal void HeedStress()
    {
        Interlocked.MemoryBarrier();
        for (int number = 0; number < _cacheCount; number++)
        {
            _caches[number]!.RaiseFloor();
        }
    }

    private InvalidOperationException TooManyScopes() => new(
        $"All {_caches.Length} caches of the arena are in use: each open scope needs one. Close scopes (with using), or raise MbufArenaOptions.Caches.");
}
