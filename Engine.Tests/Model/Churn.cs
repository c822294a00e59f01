using System.Diagnostics.CodeAnalysis;

using NUnit.Framework;
using NUnit.Framework.Internal;

namespace Engine.Mbufs.Tests.Model;

/// <summary>
/// Packets, queues, tags and attached storage, each with what it must be. A step opens a scope, does one operation of the table with
/// random arguments, and compares what it touched; at intervals everything is compared, audited, and freed. The same settings and
/// seed do the same.
/// </summary>
internal sealed partial class Churn : IDisposable
{
    private const int CompareInterval = 64;
    private const int AuditInterval = 4_096;
    private const int DrainInterval = 20_000;

    private readonly ChurnSettings _settings;
    private readonly int _seed;
    private readonly bool _isThorough;
    private readonly MbufArena _arena;
    private readonly Random _random;
    private readonly List<ModelPacket> _packets = [];
    private readonly Stack<ModelPacket> _unused = [];
    private int _packetNumber;
    private bool _isDraining;

    public Churn(ChurnSettings settings, int seed, bool isThorough = false)
    {
        _settings = settings;
        _seed = seed;
        _isThorough = isThorough;
        _arena = settings.NewArena(seed);
        _random = new Random(seed);
        _random.NextBytes(_noise);
        _queues = [new ModelQueue(_arena, limit: 5), new ModelQueue(_arena, limit: 0)];
        _parts = new MbufQueue(_arena);
        _references = [.. Enumerable.Range(0, _arena.Layout.Storages.Length).Select(kind => new int[_arena.Layout.Limits[kind] + 1])];
        Operations = Table();
        ExpectInterruptions();
        _whileGrowing = Weigh(freeing: 1);
        _whileShrinking = Weigh(freeing: 6);
    }

    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Runs a churn in an arena of its own. If it finds a difference, it runs again, and compares everything after each step.</summary>
    public static void Run(ChurnSettings settings, int seed, int steps, Action<Churn>? atEnd = null)
    {
        try
        {
            RunOnce(settings, seed, steps, isThorough: false, atEnd);
        }
        catch (AssertionException)
        {
            RunOnce(settings, seed, steps, isThorough: true, atEnd: null);
            throw;
        }
    }

    /// <summary>Runs so many steps. What came to nothing, for want of anything to do it with, is not one: another takes its place.</summary>
    public void Run(int steps)
    {
        int step = 0;
        while (step < steps)
        {
            Operation operation = Choose(step);
            _noted = 0;
            try
            {
                step += Do(operation, step) ? 1 : 0;
            }
            catch (Exception exception)
            {
                throw new AssertionException(
                    $"{_settings}, seed {_seed}, step {step}: {operation.Name}({Arguments()}): {exception.Message}{Environment.NewLine}"
                    + $"Again: {ChurnTests.Again(_settings, _seed, step + 1)}",
                    exception);
            }
        }

        Drain();
    }

    public void Dispose()
    {
        _sockets?.Dispose();
        _arena.Dispose();
        foreach (ModelStorage storage in _storages.Values)
        {
            storage.Dispose();
        }
    }

    [DoesNotReturn]
    public static void Differ(string difference) => throw new AssertionException(difference);

    public static void Require([DoesNotReturnIf(false)] bool condition, string sentence)
    {
        if (!condition)
        {
            Differ(sentence);
        }
    }

    private static void RunOnce(ChurnSettings settings, int seed, int steps, bool isThorough, Action<Churn>? atEnd)
    {
        // Else the difference of the first run would be counted among those of the second, and hide what it says.
        using var isolated = new TestExecutionContext.IsolatedContext();
        using var churn = new Churn(settings, seed, isThorough);
        churn.Run(steps);
        atEnd?.Invoke(churn);
    }

    /// <summary>False for a step that came to nothing.</summary>
    private bool Do(Operation operation, int step)
    {
        Stress();
        using (MbufScope mbufs = _arena.Enter())
        {
            FailSoon();
            Outcome outcome = operation.Step(mbufs);
            operation.Count(outcome);
            ThrowInterruption();
            if (outcome == Outcome.Idle)
            {
                return false;
            }

            if (_isThorough || step % CompareInterval == CompareInterval - 1)
            {
                CompareAll(mbufs);
            }
        }

        if (step % AuditInterval == AuditInterval - 1)
        {
            _arena.Audit().ThrowIfInconsistent();
            ChangeLimits();
        }

        if (step % DrainInterval == DrainInterval - 1)
        {
            Drain();
        }

        return true;
    }

    /// <summary>Frees everything: nothing is live afterwards, and every attached storage was given back.</summary>
    private void Drain()
    {
        _isDraining = true;
        using (MbufScope mbufs = _arena.Enter())
        {
            CompareAll(mbufs);
            foreach (ModelQueue queue in _queues)
            {
                Require(queue.Queue.Drain(mbufs) == queue.Packets.Count, "As many packets are drained as were in the queue.");
                queue.Packets.ForEach(_unused.Push);
                queue.Packets.Clear();
            }

            foreach (ModelPacket packet in _packets)
            {
                mbufs.Open(packet.Handle).Free();
                _unused.Push(packet);
            }

            foreach (LooseTag tag in _tags)
            {
                mbufs.OpenTag(tag.Handle).Free();
            }

            _packets.Clear();
            _tags.Clear();
            DropHolds();
            CompareAll(mbufs);
        }

        _isDraining = false;
        Require(_storages.Count == 0, "Attached storage was not given back, and no packet is left.");
        Require(_arena.LiveMbufs == 0, "Mbufs are live, and everything was freed.");
        _arena.Audit().ThrowIfInconsistent();
        if (_arena.ClearsOnFree)
        {
            Contents.AssertGone(_arena);
        }
    }

    /// <summary>Between two operations: other limits for a while, if the arena can give so much up.</summary>
    private void ChangeLimits()
    {
        MbufZone zone = Enum.GetValues<MbufZone>()[_random.Next(Enum.GetValues<MbufZone>().Length)];
        int most = _arena.Layout.Limits[(int)zone];
        try
        {
            _arena.SetLimit(zone, OneIn(2) ? most : Math.Max(1, _random.Next(most / 2, most + 1)));
        }
        catch (InvalidOperationException)
        {
            // Too many are in use: nothing was changed.
        }
    }
}
