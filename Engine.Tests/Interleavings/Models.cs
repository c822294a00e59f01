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
        ["two own a cache in turn, and one drains it"] = DrainAgainstOwners,
        ["one waits, and another's scope closes"] = WaitAgainstClosing,
        ["one waits, and another works on in its scope"] = WaitAgainstWorking,
        ["one waits, and another pushes a magazine"] = WaitAgainstPushing,
        ["two wait, and another closes what they need"] = TwoWait,
        ["a cache is retired while two enter it"] = RetireAgainstOwners,
        ["three threads exchange magazines"] = DepotModel.Build,
    };

    private static Model DisposeAgainstEntering(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        foreach (string name in new[] { "first", "second" })
        {
            Cache cache = engine.AddCache($"{name}'s");
            model.Thread(name, script =>
            {
                Local opened = script.Local("opened");
                engine.TryOpen(script, cache, opened);
                script.If(opened.Is(1), () => engine.Close(script, cache));
            });
        }

        model.Thread("disposer", engine.Dispose);
        model.Finally("A disposed arena is released once nobody is in it.", machine => machine[engine.Released] == 1);
        return model;
    }

    private static Model DrainAgainstOwners(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(items: 1);
        Word kept = model.Word("kept");
        foreach (string name in new[] { "first", "second" })
        {
            model.Thread(name, script =>
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

        model.Thread("drainer", script => script.Under(engine.Gate, () => engine.DrainOrAsk(script, cache)));
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
        Cache giving = engine.AddCache("owner's", items: 2, claim: Protocol.Open);
        Cache[] caches = [engine.AddCache("first's", claim: Protocol.Open), engine.AddCache("second's", claim: Protocol.Open)];
        model.Thread("owner", script => engine.Close(script, giving));
        for (int waiter = 0; waiter < 2; waiter++)
        {
            (Cache own, Cache other) = (caches[waiter], caches[1 - waiter]);
            model.Thread(waiter == 0 ? "first" : "second", script =>
            {
                engine.Come(script, own);
                engine.Wait(script, own, other, giving);
                engine.Close(script, own);
            });
        }

        return model;
    }

    private static Model RetireAgainstOwners(Guard? without)
    {
        var model = new Model(without);
        var engine = new Protocol(model);
        Cache cache = engine.AddCache(items: 1);
        Word kept = model.Word("kept");
        foreach (string name in new[] { "first", "second" })
        {
            model.Thread(name, script =>
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

        model.Thread("creator", script => engine.Retire(script, cache));
        model.Finally("No item is lost, none is twice.", machine => machine[cache.Items] + machine[engine.Depot] + machine[kept] == 3);
        return model;
    }
}
