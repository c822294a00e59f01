namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>
/// The protocol between threads in small scenes: each of at most three threads, and each with the fences that it is about. What else
/// the engine does near by, and what would hide a missing fence, is left out.
/// </summary>
internal static class Models
{
    public static IReadOnlyDictionary<string, Func<Guard?, Model>> All { get; } = new Dictionary<string, Func<Guard?, Model>>
    {
        ["an arena is disposed while two enter"] = DisposeAgainstEntering,
        ["an arena is disposed while one waits for memory and one for a cache"] = DisposeAgainstWaiting,
        ["an arena is disposed while one sleeps for a cache that nobody leaves"] = DisposeAgainstSleeping,
        ["two own a cache in turn, and one drains it"] = DrainAgainstOwners,
        ["a cache is retired while two enter it"] = RetireAgainstOwners,
        ["one waits, and another's scope closes"] = WaitAgainstClosing,
        ["one waits, and another works on in its scope"] = WaitAgainstWorking,
        ["one waits, and another pushes a magazine"] = WaitAgainstPushing,
        ["two wait, and another closes what they need"] = TwoWait,
        ["two sleep for a cache, and another's scope closes"] = SleepAgainstClosing,
        ["one sleeps for a cache while it is drained"] = SleepAgainstDrain,
        ["one sleeps for a cache, and another gives up its own"] = SleepAgainstGivingUp,
        ["a thread ends inside, one waits and one sleeps"] = AdoptionAgainstWaiting,
        ["one opens a cache whose last owner has ended, and one drains it"] = AdoptionAgainstOpening,
        ["stress is switched on while one opens"] = StressAgainstOpening,
        ["three threads exchange magazines"] = DepotModel.Build,
    };

    private static Model DisposeAgainstEntering(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        foreach (string name in new[] { "first", "second" })
        {
            Cache cache = engine.AddCache($"{name}'s");
            model.Thread(name, script => OpenAndClose(script, engine, cache));
        }

        model.Thread("disposer", script => engine.Dispose(script, wakes: false));
        model.Finally("A disposed arena is released once nobody is in it.", machine => machine[engine.Released] == 1);
        return model;
    }

    private static Model DisposeAgainstWaiting(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(owner: 1);
        model.Thread("waiter", script =>
        {
            engine.Wait(script, cache);
            engine.Close(script, cache);
        });
        model.Thread("sleeper", script => engine.AwaitCache(script, null, cache));
        model.Thread("disposer", script => engine.Dispose(script, wakes: true));
        model.Finally("A disposed arena is released once nobody is in it.", machine => machine[engine.Released] == 1);
        return model;
    }

    private static Model DisposeAgainstSleeping(Guard? without)
    {
        const int Nobody = 3;
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(owner: Nobody);
        model.Thread("sleeper", script => engine.AwaitCache(script, null, cache));
        model.Thread("disposer", script => engine.Dispose(script, wakes: true));
        return model;
    }

    private static Model DrainAgainstOwners(Guard? without)
        => OwnersAgainst(without, "drainer", static (engine, script, cache) => engine.Drain(script, cache));

    private static Model RetireAgainstOwners(Guard? without)
        => OwnersAgainst(without, "creator", static (engine, script, cache) => engine.Retire(script, cache));

    private static Model OwnersAgainst(Guard? without, string name, Action<Protocol, Script, Cache> work)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(items: 1);
        Word kept = model.Word("kept");
        foreach (string owner in new[] { "first", "second" })
        {
            model.Thread(owner, script =>
            {
                Local opened = script.Local("opened");
                engine.TryOpen(script, cache, opened);
                script.If(
                    opened.Is(1),
                    () =>
                    {
                        engine.Free(script, cache);
                        engine.Close(script, cache);
                    },
                    () => script.Do(machine => machine[kept]++));
            });
        }

        model.Thread(name, script => work(engine, script, cache));
        model.Finally("No item is lost, none is twice.", machine => machine[cache.Items] + machine[engine.Depot] + machine[kept] == 3);
        return model;
    }

    private static Model WaitAgainstClosing(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache();
        model.Thread("owner", script =>
        {
            engine.OpenAtLast(script, cache);
            engine.Free(script, cache);
            engine.Close(script, cache);
        });
        model.Thread("waiter", script => engine.Wait(script, null, cache));
        return model;
    }

    private static Model WaitAgainstWorking(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache();
        Word served = model.Word("served");
        model.Thread("owner", script =>
        {
            engine.OpenAtLast(script, cache);
            engine.Free(script, cache);
            script.Loop(() =>
            {
                engine.Operate(script, cache);
                script.If(machine => machine[served] == 1, script.Break);
            });
        });
        model.Thread("waiter", script =>
        {
            engine.Wait(script, null, cache);
            script.Do(machine => machine[served] = 1);
        });
        return model;
    }

    private static Model WaitAgainstPushing(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        model.Thread("owner", engine.PushFull);
        model.Thread("waiter", script => engine.Wait(script, null));
        return model;
    }

    private static Model TwoWait(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache[] caches = [engine.AddCache("first's", owner: 1), engine.AddCache("second's", owner: 2)];
        Cache giving = engine.AddCache("owner's", items: 2, owner: 3);
        for (int waiter = 0; waiter < 2; waiter++)
        {
            (Cache own, Cache other) = (caches[waiter], caches[1 - waiter]);
            model.Thread(waiter == 0 ? "first" : "second", script =>
            {
                engine.Wait(script, own, other, giving);
                engine.Close(script, own);
            });
        }

        model.Thread("owner", script => engine.Close(script, giving));
        return model;
    }

    private static Model SleepAgainstClosing(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(owner: 3);
        model.Thread("first", script => engine.AwaitCache(script, null, cache));
        model.Thread("second", script => engine.AwaitCache(script, null, cache));
        model.Thread("owner", script => engine.Close(script, cache));
        return model;
    }

    private static Model SleepAgainstDrain(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(items: 1);
        model.Thread("sleeper", script => engine.AwaitCache(script, null, cache));
        model.Thread("drainer", script => engine.Drain(script, cache));
        return model;
    }

    private static Model SleepAgainstGivingUp(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(isExplicit: true);
        model.Thread("sleeper", script => engine.AwaitCache(script, null, cache));
        model.Thread("owner", script => engine.GiveUp(script, cache));
        return model;
    }

    private static Model AdoptionAgainstWaiting(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(owner: 1);
        Word served = model.Word("served");
        model.Thread("owner", script =>
        {
            engine.Free(script, cache);
            engine.EndInside(script, cache);
        });
        model.Thread("drainer", script => engine.Drain(script, cache));
        model.Thread("sleeper", script => engine.AwaitCacheInVain(script, _ => script.Do(machine => machine[served] = 1), cache));
        model.Finally("The cache of a thread that ended is entered.", machine => machine[served] == 1);
        model.Finally("No item is lost, none is twice.", machine => machine[cache.Items] + machine[engine.Depot] == 1);
        return model;
    }

    private static Model AdoptionAgainstOpening(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(owner: 1);
        model.Thread("predecessor", script =>
        {
            engine.Close(script, cache);
            engine.EndInside(script, cache);
        });
        model.Thread("owner", script =>
        {
            engine.OpenAtLast(script, cache);
            engine.Free(script, cache);
            engine.Close(script, cache);
        });
        model.Thread("drainer", script => engine.Drain(script, cache));
        model.Finally("No item is lost, none is twice.", machine => machine[cache.Items] + machine[engine.Depot] == 1);
        return model;
    }

    private static Model StressAgainstOpening(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache();
        model.Thread("owner", script =>
        {
            engine.OpenAtLast(script, cache);
            engine.Operate(script, cache);
        });
        model.Thread("tester", script => engine.SwitchStressOn(script, cache));
        model.Finally("Stress reaches an open cache.", machine => machine[cache.Limits] == 1);
        return model;
    }

    private static void OpenAndClose(Script script, Protocol engine, Cache cache)
    {
        Local opened = script.Local("opened");
        engine.TryOpen(script, cache, opened);
        script.If(opened.Is(1), () => engine.Close(script, cache));
    }
}
