using Engine.Mbufs.Tests.Reassembly;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The tables of a reassembler are made with it: fragments need nothing more, whatever becomes of them.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReassemblyAllocationTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private static readonly byte[] s_ipv4 = FragmentBytes.Whole(isIPv6: false, 3000);
    private static readonly byte[] s_ipv6 = FragmentBytes.Whole(isIPv6: true, 3000);
    private static readonly byte[][] s_fragments = [.. FragmentBytes.Of(s_ipv4, 1000), .. FragmentBytes.Of(s_ipv6, 1000)];
    private static readonly byte[] s_overlap = FragmentBytes.Of(s_ipv4, 8, 1000, more: true);
    private static readonly byte[] s_atomic = FragmentBytes.IPv6(s_ipv6, 0, 3000, more: false);

    [Test]
    [Measures(typeof(MbufReassembler), nameof(MbufReassembler.Add), nameof(MbufReassembler.GetStatistics))]
    [Measures(typeof(MbufReassemblyStatistics), nameof(MbufReassemblyStatistics.CountOf), nameof(MbufReassemblyStatistics.HeldPackets),
        nameof(MbufReassemblyStatistics.AbandonedPackets), nameof(MbufReassemblyStatistics.Sources),
        nameof(MbufReassemblyStatistics.HeldFragments), nameof(MbufReassemblyStatistics.HeldMbufs),
        nameof(MbufReassemblyStatistics.TimedOut), nameof(MbufReassemblyStatistics.Evicted),
        nameof(MbufReassemblyStatistics.DroppedFragments))]
    public void Fragments_that_become_packets_or_not_allocate_nothing()
    {
        MbufReassembler reassembler = Make(Options(packets: 2));
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            foreach (byte[] fragment in s_fragments)
            {
                Add(mbufs, reassembler, fragment);
            }

            Must.Hold(Add(mbufs, reassembler, s_atomic) == MbufReassemblyStatus.Atomic);
            Must.Hold(Add(mbufs, reassembler, s_ipv4) == MbufReassemblyStatus.NotFragment);
            Must.Hold(Add(mbufs, reassembler, s_fragments[0]) == MbufReassemblyStatus.Held);
            Must.Hold(Add(mbufs, reassembler, s_fragments[0]) == MbufReassemblyStatus.Duplicate);
            Must.Hold(Add(mbufs, reassembler, s_overlap) == MbufReassemblyStatus.Overlap);
            Must.Hold(Add(mbufs, reassembler, s_fragments[1]) == MbufReassemblyStatus.Abandoned);
            Must.Hold(Add(mbufs, reassembler, s_fragments[3]) == MbufReassemblyStatus.Held);
            MbufReassemblyStatistics found = reassembler.GetStatistics();
            Must.Hold(found.HeldPackets == 1 && found.AbandonedPackets == 1 && found.HeldFragments == 1 && found.HeldMbufs == 1);
            Must.Hold(found.Sources == 2 && found.TimedOut == 0 && found.Evicted == 0 && found.DroppedFragments > 0);
            Must.Hold(found.CountOf(MbufReassemblyStatus.Complete) % 2 == 0 && reassembler.Clear(mbufs) == 1);
        });
    }

    [Test]
    [Measures(typeof(MbufReassembler), nameof(MbufReassembler.Expire), nameof(MbufReassembler.Clear), nameof(MbufReassembler.Reclaim))]
    public void What_ends_without_becoming_a_packet_allocates_nothing()
    {
        var timedOut = new MbufQueue(Arena);
        MbufReassembler reassembler = Make(Options(timedOut: timedOut));
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            Must.Hold(Add(mbufs, reassembler, s_fragments[0]) == MbufReassemblyStatus.Held);
            Time.Advance(TimeSpan.FromMinutes(2));
            Must.Hold(reassembler.Expire(mbufs) == 1 && timedOut.Drain(mbufs) == 1);
            Must.Hold(Add(mbufs, reassembler, s_fragments[3]) == MbufReassemblyStatus.Held);
            Must.Hold(reassembler.Clear(mbufs) == 1);
            Must.Hold(Add(mbufs, reassembler, s_fragments[4]) == MbufReassemblyStatus.Held);
            reassembler.Reclaim();
            Must.Hold(reassembler.GetStatistics().HeldPackets == 0);
        });
    }

    private static MbufReassemblyStatus Add(MbufScope mbufs, MbufReassembler reassembler, byte[] fragment)
    {
        using MbufChain chain = mbufs.AllocatePacketFrom(fragment, 0, 0);
        MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
        packet.Dispose();
        return status;
    }
}
