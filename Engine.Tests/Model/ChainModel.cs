using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <summary>
/// Packets held as handles, each with its oracle. A step opens a scope, does one verb on random packets, and compares what it touched;
/// at intervals everything is compared, and the arena is audited.
/// </summary>
internal sealed partial class ChainModel
{
    private const int MostPackets = 40;
    private static readonly int[] s_boundaries = [0, 1, 191, 192, 193, 2047, 2048, 2049, 4096, 4097, 9216, 9217, 16384];

    private readonly MbufArena _arena;
    private readonly ArenaKind _kind;
    private readonly int _seed;
    private readonly Random _random;
    private readonly Step[] _verbs;
    private readonly List<ModelPacket> _packets = [];
    private readonly MbufQueue _queue;
    private readonly Queue<ModelPacket> _queued = [];

    public ChainModel(MbufArena arena, ArenaKind kind, int seed)
    {
        _arena = arena;
        _kind = kind;
        _seed = seed;
        _random = new Random(seed);
        _queue = new MbufQueue(arena, limit: 6);
        _verbs =
        [
            Allocate, AllocateMany, Append, Extend, Prepend, CopyBack, Write, Share, Concatenate, Split, PullUp, TrimStart, TrimEnd, CopyOut,
            MarkReadOnly, Duplicate, ShareRange, Unshare, Fragment, Defragment, Collapse, Enqueue, Dequeue, Drain, HandOver, UseStale, Free, FreeMany,
        ];
        Uses = _verbs.Select(static verb => verb.Method.Name).Distinct().ToDictionary(static name => name, static _ => 0);
    }

    private delegate void Step(in MbufScope mbufs);

    /// <summary>How often a verb was refused because the arena was exhausted.</summary>
    public int Refusals { get; private set; }

    /// <summary>How often each verb was called.</summary>
    public Dictionary<string, int> Uses { get; }

    public void Run(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            Step verb = _verbs[_random.Next(_verbs.Length)];
            try
            {
                DoStep(verb, step);
            }
            catch (Exception exception)
            {
                throw new AssertionException($"Seed {_seed}, {_kind}, step {step}, {verb.Method.Name}: {exception.Message}", exception);
            }
        }
    }

    public void FreeEverything()
    {
        using MbufScope mbufs = _arena.Enter();
        CompareAll(mbufs);
        _queue.Drain(mbufs);
        mbufs.Free(_packets.Select(static packet => packet.Handle).ToArray());
    }

    private void DoStep(Step verb, int step)
    {
        using (MbufScope mbufs = _arena.Enter())
        {
            Uses[verb.Method.Name]++;
            verb(mbufs);
            if (step % 100 == 99)
            {
                CompareAll(mbufs);
            }
        }

        if (step % 500 == 499)
        {
            _arena.Audit().ThrowIfInconsistent();
        }
    }

    private void CompareAll(in MbufScope mbufs)
    {
        foreach (ModelPacket packet in _packets)
        {
            Close(packet, mbufs.Open(packet.Handle));
        }

        Assert.That(_packets.Sum(static packet => packet.Segments) + _queued.Sum(static packet => packet.Segments), Is.EqualTo(_arena.LiveMbufs));
        Assert.That(_queue.Count, Is.EqualTo(_queued.Count));
        Assert.That(_queue.Length, Is.EqualTo(_queued.Sum(static packet => (long)packet.Oracle.Length)));
    }

    /// <summary>Compares a packet with its oracle and puts it away.</summary>
    private static void Close(ModelPacket packet, MbufChain chain)
    {
        Compare(packet, chain);
        packet.Handle = chain.Detach();
    }

    private static void Compare(ModelPacket packet, MbufChain chain)
    {
        ChainAssert.Holds(chain, packet.Oracle.ToArray());
        if (chain.HasPacketHeader != packet.Oracle.HasHeader || chain.ReceiveInterface != packet.ReceiveInterface)
        {
            Assert.Fail($"The header is not the packet's: {chain.Flags}, interface {chain.ReceiveInterface}.");
        }

        packet.Segments = chain.SegmentCount;
    }

    /// <summary>A verb that the arena could not serve: counted by it, and the packet is as it was.</summary>
    private void Refused(ModelPacket packet, MbufChain chain, ChainSnapshot before, long denied)
    {
        before.AssertUnchanged(chain);
        Denied(denied);
        Close(packet, chain);
    }

    private void Denied(long before)
    {
        if (Denials() == before)
        {
            Assert.Fail("A verb was refused although nothing was denied.");
        }

        Refusals++;
    }

    private long Denials() => _arena.Zones.Sum(static zone => zone.Denied);

    /// <summary>A random packet, to be opened; null if there is none.</summary>
    private ModelPacket? Pick() => _packets.Count == 0 ? null : _packets[_random.Next(_packets.Count)];

    private void Add(ByteOracle oracle, ushort receiveInterface, MbufChain chain)
    {
        var packet = new ModelPacket(default, oracle, receiveInterface);
        Close(packet, chain);
        _packets.Add(packet);
    }

    /// <summary>A length from nothing to more than there is, with a liking for boundaries.</summary>
    private int RandomLength() => _random.Next(6) switch
    {
        0 => s_boundaries[_random.Next(s_boundaries.Length)],
        1 => _random.Next(5_000),
        2 => _random.Next(20_000),
        _ => _random.Next(400),
    };

    /// <summary>A place in a packet, its ends and what lies behind included.</summary>
    private int RandomOffset(int length) => _random.Next(8) switch
    {
        0 => 0,
        1 => length,
        2 => length + _random.Next(300),
        _ => _random.Next(length + 1),
    };

    /// <summary>How much to trim: more often a little than a part of everything.</summary>
    private int RandomTrim(int length) => _random.Next(3) == 0 ? RandomOffset(length) : _random.Next(200);

    private byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
