namespace Engine.Mbufs.Tests.Fuzzing;

/// <content>What the engine calls in the middle of its operations.</content>
internal sealed partial class FuzzActor
{
    /// <summary>A free routine, a callback or a handler: it may enter a scope of its own, throw, or dispose the arena.</summary>
    private void Foreign()
    {
        if (_world.IsQuiet || _depth == MostDepth)
        {
            return;
        }

        _depth++;
        try
        {
            switch (Random.Next(8))
            {
                case 0:
                    throw new FuzzException("Foreign code throws.");
                case 1 when _world.Settings.Disposes && Random.Next(200) == 0:
                    Arena.Dispose();
                    break;
                case 2 or 3:
                    Turn();
                    break;
                case 4:
                    FreeSome();
                    break;
                case 5:
                    Outside();
                    break;
            }
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>A visitor or a source: it has the scope of the operation that called it, and perhaps the packet.</summary>
    public void InsideOf(in MbufScope mbufs, MbufChain packet)
    {
        if (_world.IsQuiet || _depth == MostDepth)
        {
            return;
        }

        _depth++;
        try
        {
            switch (Random.Next(16))
            {
                case 0:
                    throw new FuzzException("Foreign code throws.");
                case 1 or 2:
                    Operate(mbufs);
                    break;
                case 3 when !packet.IsNull:
                    s_verbs[Random.Next(s_verbs.Length)].Verb(this, mbufs, packet);
                    break;
                case 4 when !packet.IsNull:
                    Keep(packet);
                    break;
                case 5 when _world.Settings.ClosesInside && Random.Next(8) == 0:
                    mbufs.Dispose(); // Or this is refused, and nothing has happened.
                    _world.HasClosedInside = true;
                    break;
                case 6:
                    Foreign();
                    break;
            }
        }
        finally
        {
            _depth--;
        }
    }

    private void FreeSome()
    {
        using MbufScope mbufs = Arena.Enter();
        FreeSome(mbufs);
    }

    private void FreeSome(in MbufScope mbufs)
    {
        for (int count = Random.Next(6); count > 0 && _world.TryTake(Random, out Mbuf packet); count--)
        {
            mbufs.Free([packet]);
        }
    }

    /// <summary>What needs no scope.</summary>
    private void Outside()
    {
        _left--;
        switch (Random.Next(12))
        {
            case 0 or 1:
                ChangeCache();
                break;
            case 2 or 3:
                ChangeRegistrations();
                break;
            case 4:
                Arena.Reclaim();
                break;
            case 5:
                Arena.GetStatistics();
                break;
            case 6 when _world.Settings.Threads == 1 && _depth == 0:
                Audit();
                break;
            case 7:
                ChangeLimit();
                break;
            case 8 or 9 when _world.Settings.IsStressed:
                ChangeStress();
                break;
            case 10 when _world.TryGetStale(Random, out Mbuf stale):
                Arena.StateOf(stale);
                break;
            case 11 when _world.Settings.Disposes && Random.Next(100) == 0:
                Arena.Dispose();
                break;
        }
    }

    private void ChangeCache()
    {
        if (_cache is null)
        {
            _cache = Arena.CreateCache();
            return;
        }

        _cache.Dispose();
        _cache = null;
    }

    private void ChangeRegistrations()
    {
        if (_registrations.Count < 2)
        {
            _registrations.Add(Arena.RegisterReclaim(RunForeign));
            return;
        }

        _registrations[0].Dispose();
        _registrations.RemoveAt(0);
    }

    private void ChangeLimit()
    {
        MbufZone[] zones = Enum.GetValues<MbufZone>();
        MbufZone zone = zones[Random.Next(zones.Length)];
        Arena.SetLimit(zone, Random.Next(3) == 0 ? Random.Next(_world.LimitOf(zone)) : _world.LimitOf(zone));
    }

    private void ChangeStress()
    {
        Arena.Stress.AllocationFailureRate = Random.Next(3) == 0 ? 0.2 : 0;
        Arena.Stress.FailAllocationNumber = Random.Next(20);
        Arena.Stress.DefragmentFailureRate = Random.NextDouble();
    }

    private void Audit()
    {
        MbufAudit audit = Arena.Audit();
        if (!audit.IsConsistent)
        {
            _world.Fail($"The audit finds: {string.Join("; ", audit.Problems)}");
        }
    }
}
