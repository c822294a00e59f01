using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs.Tests.Fuzzing;

/// <summary>One thread of a program: opens scopes, works in them at random, and is the foreign code that the engine calls.</summary>
[SuppressMessage("Security", "CA5394", Justification = "The same seed has to do the same.")]
internal sealed partial class FuzzActor
{
    private const int MostDepth = 3;
    private const int MostQueued = 4;

    [ThreadStatic]
    private static FuzzActor? t_current;

    private readonly FuzzWorld _world;
    private readonly MbufQueue _queue;
    private readonly MbufQueue _otherQueue;
    private readonly List<IDisposable> _registrations = [];
    private MbufCache? _cache;
    private int _depth;
    private int _left;

    public FuzzActor(FuzzWorld world, int seed)
    {
        _world = world;
        _queue = new MbufQueue(world.Arena, MostQueued);
        _otherQueue = new MbufQueue(world.Arena);
        Random = new Random(seed);
    }

    public Random Random { get; }

    private MbufArena Arena => _world.Arena;

    /// <summary>What every callback does that the engine calls without an argument.</summary>
    public static void RunForeign() => t_current?.Foreign();

    /// <summary>So many operations, nested ones included, or until something went wrong.</summary>
    public void Run(int operations)
    {
        t_current = this;
        _left = operations;
        while (_left > 0 && _world.Failure is null && !Arena.IsDisposed)
        {
            Attempt("a turn", static actor => actor.Turn());
        }

        t_current = null;
    }

    /// <summary>Gives back what only this thread has.</summary>
    public void End()
    {
        _registrations.ForEach(static registration => registration.Dispose());
        if (!Arena.IsDisposed)
        {
            using MbufScope mbufs = Arena.Enter();
            _queue.Drain(mbufs);
            _otherQueue.Drain(mbufs);
        }

        _cache?.Dispose();
    }

    private void Attempt(string what, Action<FuzzActor> action)
    {
        try
        {
            action(this);
        }
        catch (Exception exception)
        {
            _world.Judge(exception, what);
        }
    }

    /// <summary>A turn of an event loop: a scope, of the arena or of a cache, and operations in it.</summary>
    private void Turn()
    {
        if (Random.Next(16) == 0)
        {
            Attempt("outside of a scope", static actor => actor.Outside());
            return;
        }

        if (_depth == 0 && Random.Next(100) == 0)
        {
            EndInside();
        }

        using MbufScope mbufs = _cache is not null && Random.Next(2) == 0 ? _cache.Enter() : Arena.Enter();
        for (int count = Random.Next(1, 12); count > 0; count--)
        {
            Operate(mbufs);
        }

        if (_depth == 0 && Random.Next(16) == 0)
        {
            UseClosed(mbufs);
        }
    }

    /// <summary>A scope that was closed: whatever is done in it, it says so, whoever has opened its cache again.</summary>
    private void UseClosed(in MbufScope mbufs)
    {
        mbufs.Dispose();
        Operate(mbufs);
        using MbufScope again = Arena.Enter();
        try
        {
            mbufs.AllocateMbuf().Dispose();
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        _world.Fail("A closed scope allocated.");
    }

    /// <summary>Ends inside a scope, on a thread of its own: the cache stays claimed by a thread that is no more.</summary>
    private void EndInside()
    {
        var last = new Thread(() =>
        {
            try
            {
                MbufScope mbufs = Arena.Enter();
                FreeSome(mbufs);
                MbufChain packet = mbufs.AllocatePacket();
                if (!packet.IsNull)
                {
                    _world.Add(packet.Detach());
                }
            }
            catch (Exception exception)
            {
                _world.Judge(exception, "a thread that ends inside");
            }
        });
        last.Start();
        last.Join();
    }

    /// <summary>One operation, whatever it throws.</summary>
    private void Operate(in MbufScope mbufs)
    {
        _left--;
        try
        {
            switch (Random.Next(10))
            {
                case 0 or 1:
                    KeepFilled(mbufs, Allocate(mbufs));
                    break;
                case 2:
                    WorkInScope(mbufs);
                    break;
                case 3:
                    Misuse(mbufs);
                    break;
                default:
                    WorkOnPacket(mbufs);
                    break;
            }
        }
        catch (Exception exception)
        {
            _world.Judge(exception, "an operation");
        }
    }

    /// <summary>Opens a packet, does something with it, and keeps what is left.</summary>
    private void WorkOnPacket(in MbufScope mbufs)
    {
        if (!_world.TryTake(Random, out Mbuf handle))
        {
            Keep(Allocate(mbufs));
            return;
        }

        bool isOpen = false;
        try
        {
            MbufChain packet = mbufs.Open(handle);
            isOpen = true;
            _world.AddStale(handle);
            WorkOn(mbufs, packet);
        }
        catch (ObjectDisposedException) when (!isOpen)
        {
            _world.Add(handle); // Its scope was closed.
            throw;
        }
    }

    private void WorkOn(in MbufScope mbufs, MbufChain packet)
    {
        (string name, Verb verb) = s_verbs[Random.Next(s_verbs.Length)];
        try
        {
            verb(this, mbufs, packet);
        }
        catch (Exception exception)
        {
            _world.Judge(exception, name);
        }

        CheckSanity(packet, name);
        Keep(packet);
        if (Random.Next(4) == 0)
        {
            UseStale(mbufs, packet);
        }
    }

    private void CheckSanity(MbufChain packet, string name)
    {
        if (!packet.IsOwned)
        {
            return;
        }

        if (packet.HasPacketHeader)
        {
            packet.FixPacketLength(); // It is what the program says.
        }

        if (!packet.IsSane(out string? problem))
        {
            _world.Fail($"After {name}: {problem}");
        }
    }

    /// <summary>A new chain, most of the time with bytes, and sometimes with a tag.</summary>
    private void KeepFilled(in MbufScope mbufs, MbufChain chain)
    {
        if (chain.IsNull)
        {
            return;
        }

        try
        {
            if (Random.Next(4) != 0)
            {
                FillIf(chain.TryAppend(Random.Next(600), out Span<byte> room), room);
            }

            if (chain.HasPacketHeader && Random.Next(3) == 0)
            {
                PrependTag(mbufs, chain);
            }
        }
        catch (Exception exception)
        {
            _world.Judge(exception, "filling");
        }

        Keep(chain);
    }

    /// <summary>A chain goes back to the others, or is freed. One that was given away is somebody else's.</summary>
    public void Keep(MbufChain chain)
    {
        if (!chain.IsOwned)
        {
            return;
        }

        switch (Random.Next(6))
        {
            case 0:
                chain.Free();
                break;
            case 1:
                chain.Dispose();
                chain.Dispose();
                break;
            case 2 when _world.Packets > Arena.GetLimit(MbufZone.Mbufs) / 3:
                chain.Dispose();
                break;
            default:
                _world.Add(chain.Detach());
                break;
        }
    }

    /// <summary>A chain that was freed or given away: every verb says so.</summary>
    private void UseStale(in MbufScope mbufs, MbufChain chain)
    {
        (string name, Verb verb) = s_verbs[Random.Next(s_verbs.Length)];
        try
        {
            verb(this, mbufs, chain);
        }
        catch (Exception exception) when (exception is MbufException or ObjectDisposedException or ArgumentException)
        {
            return;
        }

        _world.Fail($"{name} went well on a chain that was freed or given away.");
    }
}
