using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>A reassembler with a clock that stands still, and packets of bytes for it.</summary>
public abstract class ReassemblyFixture(ArenaKind kind) : MbufFixture(kind)
{
    private readonly List<MbufReassembler> _made = [];

    protected ReassemblyFixture()
        : this(ArenaKind.All[0])
    {
    }

    private protected ManualTime Time { get; private set; } = null!;

    [SetUp]
    public void Stop_the_clock() => Time = new ManualTime();

    [TearDown]
    public void Reassemblers_end()
    {
        _made.ForEach(static made => made.Dispose());
        _made.Clear();
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 4096, clusters: 2048, pages: 8, jumbo9: 8, jumbo16: 8);

    /// <summary>A reassembler of the fixture's arena, disposed after the test.</summary>
    protected MbufReassembler Make(MbufReassemblerOptions? options = null)
    {
        options ??= Options();
        var made = new MbufReassembler(Arena, options);
        _made.Add(made);
        return made;
    }

    /// <summary>Limits like the default ones, for tables that are quickly made, with the clock that stands still.</summary>
    protected MbufReassemblerOptions Options(
        int packets = 64,
        int packetsOfSource = 64,
        int mbufs = 2048,
        int mbufsOfSource = 2048,
        int fragments = 64,
        int least = 8,
        bool tiny = false,
        MbufQueue? timedOut = null) => new()
        {
            MaximumPackets = packets,
            MaximumPacketsPerSource = packetsOfSource,
            MaximumMbufs = mbufs,
            MaximumMbufsPerSource = mbufsOfSource,
            MaximumFragmentsPerPacket = fragments,
            MinimumFragmentLength = least,
            AllowTinyFragments = tiny,
            TimedOut = timedOut,
            TimeProvider = Time,
        };

    /// <summary>Gives a fragment that is to be consumed without giving a packet.</summary>
    private protected static MbufReassemblyStatus Give(in MbufScope mbufs, MbufReassembler reassembler, byte[] fragment)
    {
        using MbufChain chain = mbufs.AllocatePacketFrom(fragment, 0, 0);
        MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
        Assert.That(!chain.IsOwned && packet.IsNull, $"Consumed, and nothing came of it, but {status}.");
        return status;
    }

    private protected static void IsHeld(in MbufScope mbufs, MbufReassembler reassembler, params byte[][] fragments)
    {
        foreach (byte[] fragment in fragments)
        {
            Assert.That(Give(mbufs, reassembler, fragment), Is.EqualTo(MbufReassemblyStatus.Held));
        }
    }

    /// <summary>Gives the fragment that makes a packet complete, and looks at that.</summary>
    private protected static void Completes(in MbufScope mbufs, MbufReassembler reassembler, byte[] fragment, byte[] whole)
    {
        using MbufChain chain = mbufs.AllocatePacketFrom(fragment, 0, 0);
        MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
        using (packet)
        {
            Assert.That(status, Is.EqualTo(MbufReassemblyStatus.Complete));
            Assert.That(!chain.IsOwned && packet.IsOwned);
            ChainAssert.Holds(packet, whole);
            Assert.That(packet.PacketLength, Is.EqualTo(whole.Length));
        }
    }

    /// <summary>Nothing is held, and nothing is remembered.</summary>
    private protected static void IsEmpty(MbufReassembler reassembler)
    {
        MbufReassemblyStatistics statistics = reassembler.GetStatistics();
        Assert.That(
            (statistics.HeldPackets, statistics.HeldFragments, statistics.HeldMbufs, statistics.Sources, statistics.AbandonedPackets),
            Is.EqualTo((0, 0, 0, 0, 0)));
    }

    /// <summary>All orders of some numbers from 0 on.</summary>
    private protected static IEnumerable<int[]> Orders(int count)
    {
        if (count == 0)
        {
            yield return [];
            yield break;
        }

        foreach (int[] order in Orders(count - 1))
        {
            for (int place = 0; place < count; place++)
            {
                yield return [.. order[..place], count - 1, .. order[place..]];
            }
        }
    }
}
