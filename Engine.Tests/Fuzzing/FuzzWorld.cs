using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs.Tests.Fuzzing;

/// <summary>What the threads of a program share: an arena, the packets that nobody works on, and what went wrong first.</summary>
internal sealed class FuzzWorld : IDisposable
{
    private const int MostStale = 32;
    private const int BystanderPackets = 8;
    private const byte BystanderByte = 0x5A;

    private readonly List<Mbuf> _packets = [];
    private readonly List<MbufTagHandle> _tags = [];
    private readonly List<Mbuf> _stale = [];
    private readonly MbufArena _bystander = new(new MbufArenaOptions { Mbufs = BystanderPackets, Clusters = BystanderPackets, HugePages = false });
    private readonly Mbuf[] _bystanders = new Mbuf[BystanderPackets];
    private readonly Lock _lock = new();
    private int _ownersAttached;
    private int _ownersDisposed;

    public FuzzWorld(FuzzSettings settings, int seed)
    {
        Settings = settings;
        var random = new Random(seed);
        Arena = settings.NewArena(random);
        Arena.LimitReached += static (_, _) => FuzzActor.RunForeign();
        Arena.CallbackFailed += (_, failure) =>
        {
            Judge(failure.GetException(), "a callback");
            FuzzActor.RunForeign();
        };
        using MbufScope mbufs = _bystander.Enter();
        for (int number = 0; number < BystanderPackets; number++)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            if (!packet.TryAppend(MbufSizes.InternalSize, out Span<byte> room))
            {
                throw new InvalidOperationException("A bystander has a cluster.");
            }

            room.Fill(BystanderByte);
            _bystanders[number] = packet.Detach();
        }
    }

    public FuzzSettings Settings { get; }

    public MbufArena Arena { get; }

    /// <summary>Packets of another arena, which nobody may open in this one.</summary>
    public Mbuf Foreign => _bystanders[0];

    public MbufQueue ForeignQueue => field ??= new MbufQueue(_bystander);

    /// <summary>The first thing that no page promises.</summary>
    public string? Failure { get; private set; }

    /// <summary>Foreign code does nothing any more: the program is at its end.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>A visitor has closed the scope that it was called in: packets may be live that nobody owns.</summary>
    public bool HasClosedInside { get; set; }

    public int Packets
    {
        get
        {
            lock (_lock)
            {
                return _packets.Count;
            }
        }
    }

    /// <summary>Says what went wrong, if it is no exception that the pages promise.</summary>
    public void Judge(Exception exception, string what)
    {
        bool isPromised = exception switch
        {
            MbufCorruptionException => false,
            AggregateException many => many.InnerExceptions.All(static inner => inner is FuzzException or MbufException
                or ObjectDisposedException or InvalidOperationException or ArgumentException or OverflowException),
            FuzzException or MbufException or InvalidOperationException or ArgumentException or OverflowException
                or OperationCanceledException => !exception.Message.Contains("bug", StringComparison.Ordinal),
            _ => false,
        };
        if (!isPromised)
        {
            Fail($"{what}: {exception}");
        }
    }

    public void Fail(string failure)
    {
        lock (_lock)
        {
            Failure ??= failure;
        }
    }

    public void Add(Mbuf packet)
    {
        lock (_lock)
        {
            _packets.Add(packet);
        }
    }

    public bool TryTake(Random random, out Mbuf packet) => TryTake(_packets, random, out packet);

    public void AddTag(MbufTagHandle tag)
    {
        lock (_lock)
        {
            _tags.Add(tag);
        }
    }

    public bool TryTakeTag(Random random, out MbufTagHandle tag) => TryTake(_tags, random, out tag);

    /// <summary>A handle that was used up.</summary>
    public void AddStale(Mbuf packet)
    {
        lock (_lock)
        {
            if (_stale.Count == MostStale)
            {
                _stale.RemoveAt(0);
            }

            _stale.Add(packet);
        }
    }

    public bool TryGetStale(Random random, out Mbuf packet)
    {
        lock (_lock)
        {
            packet = _stale.Count == 0 ? default : _stale[random.Next(_stale.Count)];
            return _stale.Count > 0;
        }
    }

    public void CountAttached() => Interlocked.Increment(ref _ownersAttached);

    public void CountDisposed() => Interlocked.Increment(ref _ownersDisposed);

    /// <summary>Frees everything, and says what is not as it has to be.</summary>
    public void Settle()
    {
        IsQuiet = true;
        if (!Arena.IsDisposed)
        {
            FreeAll();
            MbufAudit audit = Arena.Audit();
            if (!audit.IsConsistent)
            {
                Fail($"The audit finds: {string.Join("; ", audit.Problems)}");
            }

            if (!HasClosedInside)
            {
                CheckAccounts(audit);
            }
        }

        Arena.Dispose(); // Again, if it was before: a thread that ended inside since then is noticed by this.

        if (_ownersAttached != _ownersDisposed)
        {
            Fail($"{_ownersAttached} owners of memory were attached, and {_ownersDisposed} disposed.");
        }

        CheckBystanders();
    }

    public void Dispose()
    {
        Arena.Dispose();
        _bystander.Dispose();
    }

    private void FreeAll()
    {
        var random = new Random(0);
        Arena.Stress.AllocationFailureRate = 0;
        Arena.Stress.FailAllocationNumber = 0;
        using MbufScope mbufs = Arena.Enter();
        while (TryTake(random, out Mbuf packet))
        {
            mbufs.Free([packet]);
        }

        while (TryTakeTag(random, out MbufTagHandle tag))
        {
            mbufs.OpenTag(tag).Free();
        }
    }

    private void CheckAccounts(MbufAudit audit)
    {
        if (Arena.LiveMbufs != 0)
        {
            Fail($"{Arena.LiveMbufs} mbufs live on when everything was freed: {audit}");
        }

        foreach (MbufZone zone in Enum.GetValues<MbufZone>())
        {
            Arena.SetLimit(zone, LimitOf(zone));
        }

        using MbufScope mbufs = Arena.Enter();
        for (int number = 0; number < Settings.Mbufs; number++)
        {
            MbufChain mbuf = mbufs.AllocateMbuf();
            if (mbuf.IsNull)
            {
                Fail($"An arena of {Settings.Mbufs} mbufs hands out {number}.");
                break;
            }

            Add(mbuf.Detach());
        }

        var random = new Random(0);
        while (TryTake(random, out Mbuf packet))
        {
            mbufs.Free([packet]);
        }
    }

    /// <summary>The limit that the options gave a zone.</summary>
    public int LimitOf(MbufZone zone) => zone switch
    {
        MbufZone.Mbufs => Settings.Mbufs,
        MbufZone.Clusters => Settings.Mbufs / 2,
        MbufZone.PageClusters => FuzzSettings.PageClusters,
        MbufZone.ExternalStorages => FuzzSettings.ExternalStorages,
        _ => FuzzSettings.Jumbos,
    };

    private void CheckBystanders()
    {
        using MbufScope mbufs = _bystander.Enter();
        foreach (Mbuf bystander in _bystanders)
        {
            using MbufChain packet = mbufs.Open(bystander);
            if (packet.Length != MbufSizes.InternalSize || packet.FirstSpan.ContainsAnyExcept(BystanderByte))
            {
                Fail("A packet of another arena was changed.");
            }
        }
    }

    private bool TryTake<T>(List<T> list, Random random, [MaybeNullWhen(false)] out T taken)
    {
        lock (_lock)
        {
            if (list.Count == 0)
            {
                taken = default;
                return false;
            }

            int number = random.Next(list.Count);
            taken = list[number];
            list[number] = list[^1];
            list.RemoveAt(list.Count - 1);
            return true;
        }
    }
}

/// <summary>What foreign code throws.</summary>
internal sealed class FuzzException(string message) : Exception(message);
