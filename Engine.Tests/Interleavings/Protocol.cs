namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>
/// The engine's protocol between threads, as pieces of programs: each is named after the method that it stands for. Timeouts are left
/// out: no wake-up may be lost, whether or not a sleeper looks again by itself.
/// </summary>
internal sealed partial class Protocol
{
    public const int Idle = 0;
    public const int Open = 1;
    public const int Draining = 2;
    public const int Parked = 3;
    public const int DrainingParked = 4;
    public const int Retired = 5;

    /// <summary>Above the state, the number of the thread.</summary>
    public const int OwnerUnit = 8;

    /// <summary>In the concerns: what a thread counts that sleeps for memory, and one that sleeps for a cache; and the mark of Dispose.</summary>
    private const int Waiter = 1;
    private const int Sleeper = 4;
    private const int Disposed = 16;

    private readonly Model _model;
    private readonly List<Cache> _caches = [];
    private readonly Gate _gate;
    private readonly Gate _idle;
    private readonly Word _events;
    private readonly Word _concerns;
    private readonly Word[] _ended;

    public Protocol(Model model)
    {
        _model = model;
        _gate = model.Gate("the gate");
        _idle = model.Gate("the event count");
        _events = model.Word("number of events");
        _concerns = model.Word("concerns");
        _ended = model.Words("ended", 0, 0, 0, 0);
        Depot = model.Word("depot");
        Full = model.Word("full magazines");
        Released = model.Word("released");
        Stress = model.Word("stress");
    }

    /// <summary>Loose items of the depot, guarded by the gate.</summary>
    public Word Depot { get; }

    /// <summary>Items in full magazines of the depot, lock-free.</summary>
    public Word Full { get; }

    public Word Released { get; }

    public Word Stress { get; }

    /// <summary>A cache; in use by a thread from the start if one is given, by its number from 1.</summary>
    public Cache AddCache(string name = "cache", int items = 0, int owner = 0, bool isExplicit = false)
    {
        string[] states = ["idle", "open", "draining", "parked", "draining while parked", "retired", "?", "?"];
        string[] claims = [.. Enumerable.Range(0, 4).SelectMany(thread => states.Select(state => thread == 0 ? state : $"{state} for {thread}"))];
        var cache = new Cache(
            _model.Word($"{name}.claim", owner == 0 ? Idle : OpenFor(owner), claims),
            _model.Word($"{name}.owner", owner),
            _model.Word($"{name}.asked"),
            _model.Word($"{name}.limits", owner == 0 ? 1 : 0, "restored", "raised"),
            _model.Word($"{name}.is explicit", isExplicit ? 1 : 0),
            _model.Word($"{name}.items", items),
            _model.Word($"{name}.inside", owner));
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
            script.CompareExchange(cache.Claim, OpenFor(script.Number), Idle, seen, Guard.OpenClaimsFirst);
            script.If(seen.IsNot(Idle), () => script.Leave(end));
            script.Load(_concerns, seen);
            if (_model.Has(Guard.OpenLooksForDispose))
            {
                script.If(IsDisposed(seen), () =>
                {
                    script.Exchange(cache.Claim, Idle);
                    TryRelease(script);
                    script.Leave(end);
                });
            }

            Come(script, cache);
            if (_model.Has(Guard.OpenLooksForWaiters))
            {
                script.If(HasWaiters(seen), () => script.Release(cache.Asked, 1));
            }

            script.Store(cache.Owner, script.Number);
            script.Set(opened, 1);
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

    /// <summary>MbufCache.Close and MbufArena.WakeAfterClosing.</summary>
    public void Close(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Release(cache.Limits, 1);
        script.Load(cache.Asked, seen);
        script.If(seen.Is(0), () => script.Load(_concerns, seen), () => script.Set(seen, Waiter));
        script.If(HasWaiters(seen), () => Flush(script, cache));
        Go(script, cache);
        script.Exchange(cache.Claim, Idle, null, Guard.CloseGivesBackFirst);
        script.Load(_concerns, seen);
        if (_model.Has(Guard.CloseLooksForWaiters))
        {
            script.If(HasWaiters(seen), () => script.Under(_gate, () => script.Pulse(_gate)));
        }

        if (_model.Has(Guard.CloseLooksForSleepers))
        {
            script.If(HasSleepers(seen), () => WakeOne(script));
        }

        if (_model.Has(Guard.CloseLooksForDispose))
        {
            script.If(IsDisposed(seen), () => TryRelease(script));
        }
    }

    /// <summary>A thread ends inside its scope: what it stored is in memory before anybody sees that it has ended.</summary>
    public void EndInside(Script script, Cache cache)
    {
        Go(script, cache);
        script.Release(_ended[script.Number], 1);
    }

    /// <summary>MbufCache.RestoreLimits.</summary>
    public void RestoreLimits(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Release(cache.Limits, 0);
        script.Fence(Guard.RestoreFirst);
        script.Set(seen, 0);
        if (_model.Has(Guard.RestoreLooksForRequest))
        {
            script.Load(cache.Asked, seen);
        }

        if (_model.Has(Guard.RestoreLooksForStress))
        {
            script.If(seen.Is(0), () => script.Load(Stress, seen));
        }

        script.If(seen.IsNot(0), () => script.Release(cache.Limits, 1));
    }

    /// <summary>One operation of the cache's owner: it takes the slow path if the limits are raised, and serves a request.</summary>
    public void Operate(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Load(cache.Limits, seen);
        script.If(seen.IsNot(0), () =>
        {
            script.Load(cache.Asked, seen);
            script.If(seen.IsNot(0), () => Flush(script, cache));
            RestoreLimits(script, cache);
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

    /// <summary>MbufCache.PushFull: a full magazine goes to the depot.</summary>
    public void PushFull(Script script)
    {
        Local seen = script.Local("seen");
        script.Add(Full, 1, Guard.PushIsFence);
        if (_model.Has(Guard.PushLooksForWaiters))
        {
            script.Load(_concerns, seen);
            script.If(HasWaiters(seen), () => script.Under(_gate, () => Signal(script)));
        }
    }

    /// <summary>MbufCache.Dispose: an explicit cache becomes one of those that anybody may enter.</summary>
    public void GiveUp(Script script, Cache cache)
    {
        Local seen = script.Local("seen");
        script.Store(cache.IsExplicit, 0);
        script.Fence(Guard.OwnershipEndsFirst);
        if (_model.Has(Guard.OwnershipLooksForSleepers))
        {
            script.Load(_concerns, seen);
            script.If(HasSleepers(seen), () => WakeOne(script));
        }
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

    private static int OpenFor(int owner) => (owner * OwnerUnit) + Open;

    private static Condition HasWaiters(Local concerns) => machine => machine[concerns] % Sleeper != 0;

    private static Condition HasSleepers(Local concerns) => machine => machine[concerns] % Disposed / Sleeper != 0;

    private static Condition IsDisposed(Local concerns) => machine => machine[concerns] >= Disposed;
}
