namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>The engine's protocol between threads, as pieces of programs: each is named after the method that it stands for.</summary>
internal sealed class Protocol
{
    public const int Idle = 0;
    public const int Open = 1;
    public const int Draining = 2;
    public const int Parked = 3;
    public const int DrainingParked = 4;
    public const int Retired = 5;

    private readonly Model _model;
    private readonly List<Cache> _caches = [];

    public Protocol(Model model)
    {
        _model = model;
        Gate = model.Gate("the gate");
        Waiters = model.Word("waiters");
        Depot = model.Word("depot");
        Full = model.Word("full magazines");
        Disposed = model.Word("disposed");
        Released = model.Word("released");
    }

    public Gate Gate { get; }

    public Word Waiters { get; }

    /// <summary>Loose items of the depot, guarded by the gate.</summary>
    public Word Depot { get; }

    /// <summary>Items in full magazines of the depot, lock-free.</summary>
    public Word Full { get; }

    public Word Disposed { get; }

    public Word Released { get; }

    public IReadOnlyList<Cache> Caches => _caches;

    public Cache AddCache(string name = "cache", int items = 0, int claim = Idle)
    {
        var cache = new Cache(
            _model.Word($"{name}.claim", claim, "idle", "open", "draining", "parked", "draining while parked", "retired"),
            _model.Word($"{name}.asked"),
            _model.Word($"{name}.limits", claim == Open ? 0 : 1, "restored", "raised"),
            _model.Word($"{name}.items", items),
            _model.Word($"{name}.inside"));
        _caches.Add(cache);
        return cache;
    }

    /// <summary>MbufCache.TryOpen. The register is 1 afterwards if the scope is open.</summary>
    public void TryOpen(Script script, Cache cache, Local opened)
    {
        Local seen = script.Local("seen");
        script.Method(end =>
        {
            script.Set(opened, 0);
            script.CompareExchange(cache.Claim, Open, Idle, seen, Guard.OpenClaimsFirst);
            script.If(seen.IsNot(Idle), () => script.Leave(end));
            if (_model.Has(Guard.OpenLooksForDispose))
            {
                script.Load(Disposed, seen);
                script.If(seen.IsNot(0), () =>
                {
                    script.Exchange(cache.Claim, Idle);
                    TryRelease(script);
                    script.Leave(end);
                });
            }

            Come(script, cache);
            script.Set(opened, 1);
            if (_model.Has(Guard.OpenLooksForWaiters))
            {
                script.Load(Waiters, seen);
                script.If(seen.IsNot(0), () => script.Release(cache.Asked, 1));
            }

            RestoreLimits(script, cache);
        });
    }

    /// <summary>The same, until it is granted.</summary>
    public void OpenAtLast(Script script, Cache cache)
    {
        Local opened = script.Local("opened");
        script.Loop(() =>
        {
            TryOpen(script, cache, opened);
            script.If(opened.Is(1), script.Break);
        });
    }

    /// <summary>MbufCache.Close.</summary>
    public void Close(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Release(cache.Limits, 1);
        script.Load(cache.Asked, seen);
        script.If(seen.Is(0), () => script.Load(Waiters, seen));
        script.If(seen.IsNot(0), () => Flush(script, cache));
        Go(script, cache);
        script.Exchange(cache.Claim, Idle, null, Guard.CloseGivesBackFirst);
        if (_model.Has(Guard.CloseLooksForWaiters))
        {
            script.Load(Waiters, seen);
            script.If(seen.IsNot(0), () => script.Under(Gate, () => script.Pulse(Gate)));
        }

        if (_model.Has(Guard.CloseLooksForDispose))
        {
            script.Load(Disposed, seen);
            script.If(seen.IsNot(0), () => TryRelease(script));
        }
    }

    /// <summary>MbufCache.RestoreLimits.</summary>
    public void RestoreLimits(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Release(cache.Limits, 0);
        script.Fence(Guard.RestoreFirst);
        if (_model.Has(Guard.RestoreLooksForRequest))
        {
            script.Load(cache.Asked, seen);
            script.If(seen.IsNot(0), () => script.Release(cache.Limits, 1));
        }
    }

    /// <summary>MbufCache.Ask, under the gate.</summary>
    public void Ask(Script script, Cache cache)
    {
        script.Release(cache.Asked, 1);
        script.Fence(Guard.RequestMarksFirst);
        script.Release(cache.Limits, 1, Guard.RequestMarksFirst);
    }

    /// <summary>MbufArena.DrainOrAsk, under the gate.</summary>
    public void DrainOrAsk(Script script, Cache cache)
    {
        Local drained = script.Local("drained");
        TryDrain(script, cache, drained);
        script.If(drained.Is(0), () =>
        {
            Ask(script, cache);
            TryDrain(script, cache, drained);
        });
    }

    /// <summary>MbufArena.TryDrain, under the gate.</summary>
    public void TryDrain(Script script, Cache cache, Local drained)
    {
        Local seen = script.Local("seen");
        script.Set(drained, 0);
        foreach ((int free, int taken) in new[] { (Idle, Draining), (Parked, DrainingParked) })
        {
            script.If(drained.Is(0), () =>
            {
                script.CompareExchange(cache.Claim, taken, free, seen);
                script.If(seen.Is(free), () =>
                {
                    Come(script, cache);
                    FlushUnderGate(script, cache, seen);
                    Go(script, cache);
                    script.Exchange(cache.Claim, free, null, Guard.DrainEndsLast);
                    script.Set(drained, 1);
                });
            });
        }
    }

    /// <summary>MbufArena.ReplaceCache.</summary>
    public void Retire(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Under(Gate, () =>
        {
            script.CompareExchange(cache.Claim, Retired, Idle, seen);
            script.If(seen.Is(Idle), () =>
            {
                Come(script, cache);
                FlushUnderGate(script, cache, seen);
            });
        });
    }

    /// <summary>MbufArena.Flush.</summary>
    public void Flush(Script script, Cache cache)
    {
        Local moved = script.Local("moved");
        script.Under(Gate, () =>
        {
            FlushUnderGate(script, cache, moved);
            script.If(moved.IsNot(0), () => Signal(script));
        });
    }

    /// <summary>MbufArena.Sleep: takes one item, loose or in a full magazine, and waits as long as there is none.</summary>
    /// <param name="script">The waiter.</param>
    /// <param name="own">Its own cache, open, or null if that is of no interest.</param>
    /// <param name="others">The caches that it drains or asks; none for a look at the depot alone.</param>
    public void Wait(Script script, Cache? own, params Cache[] others)
    {
        Local found = script.Local("found");
        script.Under(Gate, () =>
        {
            script.Add(Waiters, 1, Guard.WaiterCountsFirst);
            script.Loop(() =>
            {
                TakeOne(script, found);
                script.If(found.IsNot(0), script.Break);
                foreach (Cache other in others)
                {
                    DrainOrAsk(script, other);
                }

                TakeOne(script, found);
                script.If(found.IsNot(0), script.Break);
                Sleep(script, own);
            });
            script.Add(Waiters, -1);
        });
    }

    /// <summary>MbufArena.SleepOnce, under the gate.</summary>
    private void Sleep(Script script, Cache? own)
    {
        if (own is null)
        {
            script.Sleep(Gate);
            return;
        }

        Local seen = script.Local("seen");
        Go(script, own);
        script.Exchange(own.Claim, Parked);
        script.Sleep(Gate);
        script.Loop(() =>
        {
            script.CompareExchange(own.Claim, Open, Parked, seen);
            script.If(seen.Is(Parked), script.Break);
        });
        Come(script, own);
    }

    /// <summary>MbufArena.TryTakeExisting, under the gate: from a full magazine or of the loose ones.</summary>
    private void TakeOne(Script script, Local found)
    {
        Local seen = script.Local("seen");
        script.Load(Full, found);
        script.If(found.IsNot(0), () => script.Add(Full, -1), () =>
        {
            script.Load(Depot, found);
            script.If(found.IsNot(0), () =>
            {
                script.Do(machine => machine[seen] = machine[found] - 1);
                script.Store(Depot, seen);
            });
        });
    }

    /// <summary>MbufArena.SignalUnderGate.</summary>
    public void Signal(Script script)
    {
        Local seen = script.Local("seen");
        script.Load(Waiters, seen);
        script.If(seen.IsNot(0), () => script.Pulse(Gate));
    }

    /// <summary>MbufArena.FlushUnderGate.</summary>
    public void FlushUnderGate(Script script, Cache cache, Local moved)
    {
        Local depot = script.Local("depot");
        script.Load(cache.Items, moved);
        script.If(moved.IsNot(0), () =>
        {
            script.Store(cache.Items, 0);
            script.Load(Depot, depot);
            script.Do(machine => machine[depot] += machine[moved]);
            script.Store(Depot, depot);
        });
        script.Load(Waiters, depot);
        script.If(depot.Is(0), () => script.Release(cache.Asked, 0));
    }

    /// <summary>MbufCache.GiveFull: a full magazine goes to the depot.</summary>
    public void PushFull(Script script)
    {
        Local seen = script.Local("seen");
        script.Add(Full, 1, Guard.PushIsFence);
        if (_model.Has(Guard.PushLooksForWaiters))
        {
            script.Load(Waiters, seen);
            script.If(seen.IsNot(0), () => script.Under(Gate, () => Signal(script)));
        }
    }

    /// <summary>One operation of the cache's owner: it takes the slow path if the limits are raised, and serves a request.</summary>
    public void Operate(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Load(cache.Limits, seen);
        script.If(seen.IsNot(0), () =>
        {
            script.Load(cache.Asked, seen);
            script.If(seen.IsNot(0), () =>
            {
                Flush(script, cache);
                RestoreLimits(script, cache);
            });
        });
    }

    /// <summary>The owner puts an item into its magazines, on the fast path: no fence.</summary>
    public void Free(Script script, Cache cache)
    {
        Local items = script.Local("items");
        script.Load(cache.Items, items);
        script.Do(machine => machine[items]++);
        script.Store(cache.Items, items);
    }

    /// <summary>MbufArena.TryRelease.</summary>
    public void TryRelease(Script script)
    {
        Local seen = script.Local("seen");
        script.Under(Gate, () => script.Method(end =>
        {
            script.Load(Released, seen);
            script.If(seen.IsNot(0), () => script.Leave(end));
            foreach (Cache cache in _caches)
            {
                script.Load(cache.Claim, seen);
                script.If(seen.IsNot(Idle), () => script.Leave(end));
            }

            foreach (Cache cache in _caches)
            {
                script.Assert("Nobody is in a cache whose memory is released.", machine => machine[cache.Inside] == 0);
            }

            script.Store(Released, 1);
        }));
    }

    /// <summary>MbufArena.Dispose. Its signal to waiters is left out: the gate in it would hide a missing fence.</summary>
    public void Dispose(Script script)
    {
        script.Exchange(Disposed, 1, null, Guard.DisposeMarksFirst);
        TryRelease(script);
    }

    /// <summary>What a thread does with a cache that it claimed starts here: it works on the magazines, alone.</summary>
    public void Come(Script script, Cache cache) => script.Do(machine =>
    {
        if (machine[cache.Inside] != 0)
        {
            machine.Fail("One thread at a time is in a cache.");
        }

        if (machine[Released] != 0)
        {
            machine.Fail("Nobody enters a cache whose memory was released.");
        }

        machine[cache.Inside] = machine.Thread + 1;
    });

    public void Go(Script script, Cache cache) => script.Do(machine => machine[cache.Inside] = 0);
}

/// <summary>A cache's words, and who is in it.</summary>
internal sealed record Cache(Word Claim, Word Asked, Word Limits, Word Items, Word Inside);
