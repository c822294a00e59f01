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
            bool draining = false;
            int count = Volatile.Read(ref _cacheCount);
            int start = Environment.CurrentManagedThreadId;
            for (int step = 0; step < count; step++)
            {
                MbufCache candidate = _caches[(start + step) % count]!;
                if (!candidate.IsExplicit && candidate.TryOpen())
                {
                    return candidate;
                }

                draining |= candidate.IsDraining;
            }

            lock (Gate)
            {
                if (AddCache(isExplicit: false) is { } added && added.TryOpen())
                {
                    return added;
                }
            }

            if (!draining)
            {
                throw TooManyScopes();
            }

            spin.SpinOnce(); // A cache is being drained by a thread that ran out of memory, and is free in a moment.
        }
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

    private InvalidOperationException TooManyScopes() => new(
        $"All {_caches.Length} caches of the arena are in use: each open scope needs one. Close scopes (with using), or raise MbufArenaOptions.Caches.");
}
