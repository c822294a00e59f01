namespace Engine.Mbufs.Tests.Interleavings;

/// <content>What happens under the gate: drains, requests, releases; and those who sleep.</content>
internal sealed partial class Protocol
{
    /// <summary>MbufArena.DrainOrRequestFlush by a thread that comes for it.</summary>
    public void Drain(Script script, Cache cache) => script.Under(_gate, () => DrainOrRequestFlush(script, cache));

    /// <summary>MbufArena.Dispose.</summary>
    /// <param name="script">The thread that disposes.</param>
    /// <param name="wakes">False where nobody sleeps: the locks that waking takes would hide a missing fence.</param>
    public void Dispose(Script script, bool wakes)
    {
        script.Add(_concerns, Disposed, Guard.DisposeMarksFirst);
        if (wakes && _model.Has(Guard.DisposeWakesWaiters))
        {
            script.Under(_gate, () => Signal(script));
        }

        if (wakes && _model.Has(Guard.DisposeWakesSleepers))
        {
            script.Under(_idle, () =>
            {
                CountEvent(script);
                script.Pulse(_idle);
            });
        }

        TryRelease(script);
    }

    /// <summary>MbufArena.ReplaceCache.</summary>
    public void Retire(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Under(_gate, () =>
        {
            script.CompareExchange(cache.Claim, Retired, Idle, seen);
            script.If(seen.Is(Idle), () =>
            {
                Come(script, cache);
                FlushUnderGate(script, cache, seen);
            });
        });
    }

    /// <summary>MbufStress and MbufArena.ApplyStress: stress is switched on.</summary>
    public void SwitchStressOn(Script script, Cache cache) => script.Under(_gate, () =>
    {
        script.Release(Stress, 1);
        script.Release(cache.Limits, 1, Guard.StressSetsFirst);
    });

    /// <summary>MbufArena.Sleep: takes one item, loose or in a full magazine, and waits as long as there is none.</summary>
    /// <param name="script">The waiter.</param>
    /// <param name="own">Its own cache, open, or null if that is of no interest.</param>
    /// <param name="others">The caches that it drains or asks; none for a look at the depot alone.</param>
    public void Wait(Script script, Cache? own, params Cache[] others)
    {
        Local found = script.Local("found");
        Local concerns = script.Local("concerns");
        script.Under(_gate, () =>
        {
            script.Add(_concerns, Waiter, Guard.WaiterCountsFirst);
            script.Loop(() =>
            {
                TakeOne(script, found);
                script.If(found.IsNot(0), script.Break);
                foreach (Cache other in others)
                {
                    DrainOrRequestFlush(script, other);
                }

                TakeOne(script, found);
                script.If(found.IsNot(0), script.Break);
                script.Load(_concerns, concerns);
                script.If(IsDisposed(concerns), script.Break);
                SleepOnce(script, own);
            });
            script.Add(_concerns, -Waiter);
        });
    }

    /// <summary>MbufArena.AwaitCache: sleeps until it has opened one of some caches.</summary>
    /// <param name="script">The sleeper.</param>
    /// <param name="work">What it does in the cache before it closes that.</param>
    /// <param name="caches">All caches of the arena.</param>
    public void AwaitCache(Script script, Action<Cache>? work, params Cache[] caches)
    {
        Local number = script.Local("number");
        Local seen = script.Local("seen");
        script.Add(_concerns, Sleeper, Guard.SleeperCountsFirst);
        script.Method(end => script.Loop(() =>
        {
            if (_model.Has(Guard.SleeperReadsNumberFirst))
            {
                script.Load(_events, number);
            }

            TryOpenAny(script, work, caches, end);
            if (!_model.Has(Guard.SleeperReadsNumberFirst))
            {
                script.Load(_events, number);
            }

            script.Under(_idle, () =>
            {
                script.Load(_events, seen);
                bool compares = _model.Has(Guard.SleeperComparesNumber);
                script.If(machine => !compares || machine[seen] == machine[number], () => script.Sleep(_idle));
            });
        }));
    }

    /// <summary>The same, where it looks again after a while, as who waits for the thread that ended inside a scope.</summary>
    public void AwaitCacheInVain(Script script, Action<Cache>? work, params Cache[] caches)
    {
        Local adopted = script.Local("adopted");
        script.Add(_concerns, Sleeper, Guard.SleeperCountsFirst);
        script.Method(end => script.Loop(() =>
        {
            TryOpenAny(script, work, caches, end);
            foreach (Cache cache in caches)
            {
                script.Under(_gate, () => TryAdopt(script, cache, adopted));
            }
        }));
    }

    private void TryOpenAny(Script script, Action<Cache>? work, Cache[] caches, Script.Label end)
    {
        Local seen = script.Local("seen");
        Local opened = script.Local("opened");
        script.Load(_concerns, seen);
        script.If(IsDisposed(seen), () =>
        {
            script.Add(_concerns, -Sleeper);
            script.Leave(end);
        });
        foreach (Cache cache in caches)
        {
            script.Set(opened, 0);
            script.Load(cache.IsExplicit, seen);
            script.If(seen.Is(0), () => TryOpen(script, cache, opened));
            script.If(opened.Is(1), () =>
            {
                script.Add(_concerns, -Sleeper);
                work?.Invoke(cache);
                Close(script, cache);
                script.Leave(end);
            });
        }
    }

    /// <summary>MbufCache.Ask.</summary>
    private static void Ask(Script script, Cache cache)
    {
        script.Release(cache.Asked, 1);
        script.Release(cache.Limits, 1, Guard.RequestMarksFirst);
    }

    private void DrainOrRequestFlush(Script script, Cache cache)
    {
        Local drained = script.Local("drained");
        TryDrain(script, cache, drained);
        script.If(drained.Is(0), () =>
        {
            Ask(script, cache);
            TryDrain(script, cache, drained);
        });
    }

    /// <summary>MbufArena.TryDrain.</summary>
    private void TryDrain(Script script, Cache cache, Local drained)
    {
        Local claim = script.Local("claim");
        Local seen = script.Local("seen");
        script.Method(end =>
        {
            script.Set(drained, 0);
            script.Load(cache.Claim, claim);
            foreach ((int free, int taken) in new[] { (Idle, Draining), (Parked, DrainingParked) })
            {
                script.If(machine => machine[claim] % OwnerUnit == free, () =>
                {
                    script.CompareExchange(cache.Claim, InState(claim, taken), claim, seen);
                    script.If(machine => machine[seen] == machine[claim], () =>
                    {
                        FlushAndEndDrain(script, cache, InState(claim, free), free == Idle);
                        script.Set(drained, 1);
                    });
                    script.Leave(end);
                });
            }

            TryAdopt(script, cache, drained);
        });
    }

    /// <summary>MbufCache.TryBeginAdoption, and the drain that follows.</summary>
    private void TryAdopt(Script script, Cache cache, Local adopted)
    {
        Local claim = script.Local("claim");
        Local owner = script.Local("owner");
        Local seen = script.Local("seen");
        bool compares = _model.Has(Guard.AdoptionComparesOwner);
        script.Set(adopted, 0);
        script.Load(cache.Claim, claim);
        script.Load(cache.Owner, owner);
        script.If(machine => compares ? machine[claim] == OpenFor(machine[owner]) : machine[claim] % OwnerUnit == Open, () =>
        {
            script.Load(_ended, owner, seen);
            script.If(seen.Is(1), () =>
            {
                script.CompareExchange(cache.Claim, Draining, claim, seen);
                script.If(machine => machine[seen] == machine[claim], () =>
                {
                    script.Release(cache.Limits, 1);
                    FlushAndEndDrain(script, cache, Idle, looksForSleepers: true);
                    script.Set(adopted, 1);
                });
            });
        });
    }

    private void FlushAndEndDrain(Script script, Cache cache, Operand claim, bool looksForSleepers)
    {
        Local seen = script.Local("seen");
        Come(script, cache);
        FlushUnderGate(script, cache, seen);
        Go(script, cache);
        script.Exchange(cache.Claim, claim, null, Guard.DrainEndsFirst);
        if (looksForSleepers && _model.Has(Guard.DrainLooksForSleepers))
        {
            script.Load(_concerns, seen);
            script.If(HasSleepers(seen), () => WakeOne(script));
        }
    }

    /// <summary>MbufArena.SleepOnce.</summary>
    private void SleepOnce(Script script, Cache? own)
    {
        if (own is null)
        {
            script.Sleep(_gate);
            return;
        }

        Go(script, own);
        script.Exchange(own.Claim, (script.Number * OwnerUnit) + Parked);
        script.Sleep(_gate);
        script.Assert("Who wakes under the gate finds its claim parked.", machine => machine[own.Claim] % OwnerUnit == Parked);
        script.Exchange(own.Claim, OpenFor(script.Number));
        Come(script, own);
    }

    /// <summary>MbufArena.TryTakeExisting: from a full magazine or of the loose ones.</summary>
    private void TakeOne(Script script, Local found)
    {
        Local left = script.Local("left");
        script.Load(Full, found);
        script.If(found.IsNot(0), () => script.Add(Full, -1), () =>
        {
            script.Load(Depot, found);
            script.If(found.IsNot(0), () =>
            {
                script.Do(machine => machine[left] = machine[found] - 1);
                script.Store(Depot, left);
            });
        });
    }

    /// <summary>MbufArena.Flush.</summary>
    private void Flush(Script script, Cache cache)
    {
        Local moved = script.Local("moved");
        script.Under(_gate, () =>
        {
            FlushUnderGate(script, cache, moved);
            script.If(moved.IsNot(0), () => Signal(script));
        });
    }

    /// <summary>MbufArena.FlushUnderGate.</summary>
    private void FlushUnderGate(Script script, Cache cache, Local moved)
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
        script.Load(_concerns, depot);
        script.If(HasWaiters(depot), static () => { }, () => script.Release(cache.Asked, 0));
    }

    /// <summary>MbufArena.SignalUnderGate.</summary>
    private void Signal(Script script)
    {
        Local seen = script.Local("seen");
        script.Load(_concerns, seen);
        script.If(HasWaiters(seen), () => script.Pulse(_gate));
    }

    /// <summary>EventCount.WakeOne.</summary>
    private void WakeOne(Script script) => script.Under(_idle, () =>
    {
        CountEvent(script);
        script.PulseOne(_idle);
    });

    private void CountEvent(Script script)
    {
        Local number = script.Local("number");
        script.Load(_events, number);
        script.Do(machine => machine[number]++);
        script.Store(_events, number);
    }

    /// <summary>MbufArena.TryRelease.</summary>
    private void TryRelease(Script script)
    {
        Local seen = script.Local("seen");
        script.Under(_gate, () => script.Method(end =>
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

    private static Operand InState(Local claim, int state)
        => new(machine => (machine[claim] / OwnerUnit * OwnerUnit) + state);
}
