using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Who sends too much takes it from himself first.</summary>
public sealed class ReassemblyLimitTests : ReassemblyFixture
{
    /// <summary>The first of two fragments of a packet, by sender and number.</summary>
    private static byte[] Start(bool isIPv6, int sender, int number) => Part(isIPv6, sender, number, 0, 64, more: true);

    private static byte[] End(bool isIPv6, int sender, int number) => Part(isIPv6, sender, number, 64, 64, more: false);

    private static byte[] Whole(bool isIPv6, int sender, int number)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 128, seed: 3);
        if (isIPv6)
        {
            BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(12), sender);
            BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(20), number); // Another address of the same /64.
            return whole;
        }

        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(12), sender);
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(4), (ushort)number);
        return FragmentBytes.Summed(whole);
    }

    private static byte[] Part(bool isIPv6, int sender, int number, int offset, int length, bool more)
        => FragmentBytes.Of(Whole(isIPv6, sender, number), offset, length, more);

    [Test]
    public void A_source_that_has_its_share_loses_its_own_oldest_packet([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 10, packetsOfSource: 3));
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, Start(isIPv6, sender: 1, 1));
        for (int number = 1; number <= 5; number++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, sender: 2, number));
        }

        MbufReassemblyStatistics found = reassembler.GetStatistics();
        Assert.That((found.HeldPackets, found.Sources, found.Evicted, found.DroppedFragments), Is.EqualTo((4, 2, 2L, 2L)));
        for (int number = 3; number <= 5; number++)
        {
            Completes(mbufs, reassembler, End(isIPv6, 2, number), Whole(isIPv6, 2, number));
        }

        Completes(mbufs, reassembler, End(isIPv6, 1, 1), Whole(isIPv6, 1, 1));
        IsEmpty(reassembler);
        IsHeld(mbufs, reassembler, End(isIPv6, 2, 1));
    }

    [Test]
    public void When_all_packets_are_taken_who_has_the_most_loses_the_oldest([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 6));
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, Start(isIPv6, 1, 1), Start(isIPv6, 2, 1), Start(isIPv6, 2, 2));
        IsHeld(mbufs, reassembler, Start(isIPv6, 3, 1), Start(isIPv6, 2, 3), Start(isIPv6, 3, 2));
        IsHeld(mbufs, reassembler, Start(isIPv6, 4, 1), Start(isIPv6, 5, 1));
        Assert.That(reassembler.GetStatistics().Evicted, Is.EqualTo(2));

        // 2 had three and 3 had two: 2 lost its first; then both had two, and 2's oldest was older.
        Completes(mbufs, reassembler, End(isIPv6, 2, 3), Whole(isIPv6, 2, 3));
        Completes(mbufs, reassembler, End(isIPv6, 1, 1), Whole(isIPv6, 1, 1));
        Completes(mbufs, reassembler, End(isIPv6, 3, 1), Whole(isIPv6, 3, 1));
        Completes(mbufs, reassembler, End(isIPv6, 3, 2), Whole(isIPv6, 3, 2));
        Completes(mbufs, reassembler, End(isIPv6, 4, 1), Whole(isIPv6, 4, 1));
        Completes(mbufs, reassembler, End(isIPv6, 5, 1), Whole(isIPv6, 5, 1));
        IsEmpty(reassembler);
    }

    [Test]
    public void When_every_source_has_one_the_oldest_of_all_goes([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 8));
        using MbufScope mbufs = Arena.Enter();
        for (int sender = 0; sender < 500; sender++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, sender * 7919, 1));
        }

        Assert.That(reassembler.GetStatistics().Evicted, Is.EqualTo(492));
        for (int sender = 492; sender < 500; sender++)
        {
            Completes(mbufs, reassembler, End(isIPv6, sender * 7919, 1), Whole(isIPv6, sender * 7919, 1));
        }
    }

    /// <summary>A packet of several mbufs in every fragment.</summary>
    [Test]
    public void A_source_that_has_its_share_of_mbufs_loses_its_oldest_packet_and_in_the_end_this_one([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(mbufsOfSource: 10));
        using MbufScope mbufs = Arena.Enter();
        Assert.That(GiveMbufs(mbufs, reassembler, Start(isIPv6, 1, 1), 4), Is.EqualTo(MbufReassemblyStatus.Held));
        Assert.That(GiveMbufs(mbufs, reassembler, Start(isIPv6, 2, 1), 4), Is.EqualTo(MbufReassemblyStatus.Held));
        Assert.That(GiveMbufs(mbufs, reassembler, Start(isIPv6, 2, 2), 6), Is.EqualTo(MbufReassemblyStatus.Held));
        Assert.That(reassembler.GetStatistics().HeldMbufs, Is.EqualTo(14));
        Assert.That(GiveMbufs(mbufs, reassembler, Part(isIPv6, 2, 2, 120, 8, more: false), 4), Is.EqualTo(MbufReassemblyStatus.Held));
        Assert.That(reassembler.GetStatistics().Evicted, Is.EqualTo(1), "The first of sender 2.");
        Assert.That(GiveMbufs(mbufs, reassembler, Part(isIPv6, 2, 2, 72, 8, more: true), 1), Is.EqualTo(MbufReassemblyStatus.NoRoom));
        Assert.That(Give(mbufs, reassembler, Start(isIPv6, 2, 2)), Is.EqualTo(MbufReassemblyStatus.Abandoned));
        Assert.That(GiveMbufs(mbufs, reassembler, Start(isIPv6, 2, 3), 11), Is.EqualTo(MbufReassemblyStatus.NoRoom), "Never.");
        Assert.That(reassembler.GetStatistics().HeldMbufs, Is.EqualTo(4));
        Completes(mbufs, reassembler, End(isIPv6, 1, 1), Whole(isIPv6, 1, 1));
    }

    [Test]
    public void When_all_mbufs_are_taken_who_has_the_most_loses_the_oldest([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(mbufs: 12));
        using MbufScope mbufs = Arena.Enter();
        GiveMbufs(mbufs, reassembler, Start(isIPv6, 1, 1), 4);
        GiveMbufs(mbufs, reassembler, Start(isIPv6, 2, 1), 2);
        GiveMbufs(mbufs, reassembler, Start(isIPv6, 2, 2), 4);
        Assert.That(GiveMbufs(mbufs, reassembler, Start(isIPv6, 3, 1), 3), Is.EqualTo(MbufReassemblyStatus.Held));
        MbufReassemblyStatistics found = reassembler.GetStatistics();
        Assert.That((found.HeldMbufs, found.HeldPackets, found.Evicted), Is.EqualTo((11, 3, 1L)), "2 had six.");
        Completes(mbufs, reassembler, End(isIPv6, 1, 1), Whole(isIPv6, 1, 1));
        Completes(mbufs, reassembler, End(isIPv6, 2, 2), Whole(isIPv6, 2, 2));
        Completes(mbufs, reassembler, End(isIPv6, 3, 1), Whole(isIPv6, 3, 1));
        Assert.That(GiveMbufs(mbufs, reassembler, Start(isIPv6, 3, 1), 12), Is.EqualTo(MbufReassemblyStatus.Held));
        Assert.That(Give(mbufs, reassembler, End(isIPv6, 3, 2)), Is.EqualTo(MbufReassemblyStatus.Held));
        Assert.That(reassembler.GetStatistics().HeldMbufs, Is.EqualTo(1));
    }

    [Test]
    public void A_packet_is_completed_whatever_is_held_of_others([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(mbufs: 4, mbufsOfSource: 2));
        using MbufScope mbufs = Arena.Enter();
        GiveMbufs(mbufs, reassembler, Start(isIPv6, 1, 1), 2);
        GiveMbufs(mbufs, reassembler, Start(isIPv6, 2, 1), 2);
        Completes(mbufs, reassembler, End(isIPv6, 1, 1), Whole(isIPv6, 1, 1));
        Completes(mbufs, reassembler, End(isIPv6, 2, 1), Whole(isIPv6, 2, 1));
        IsEmpty(reassembler);
    }

    /// <summary>Attackers with few and with very many addresses; the honest sender is in between and comes through.</summary>
    [TestCase(1, false)]
    [TestCase(1, true)]
    [TestCase(3, false)]
    [TestCase(3, true)]
    public void A_flood_of_identifications_holds_no_more_than_the_limits_and_hurts_nobody_else(int attackers, bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 40, packetsOfSource: 16, mbufs: 60, mbufsOfSource: 30));
        var random = new Random(attackers);
        using MbufScope mbufs = Arena.Enter();
        int held = 0;
        for (int number = 0; number < 20_000; number++)
        {
            if (number % 50 == 0)
            {
                IsHeld(mbufs, reassembler, Start(isIPv6, 1000, number));
            }

            Give(mbufs, reassembler, Part(isIPv6, random.Next(attackers), random.Next(60_000), 8 * random.Next(1, 9), 56, random.Next(2) == 0));
            held = Math.Max(held, Arena.LiveMbufs);
            if (number % 50 == 20)
            {
                Completes(mbufs, reassembler, End(isIPv6, 1000, number - 20), Whole(isIPv6, 1000, number - 20));
            }
        }

        Assert.That(held, Is.LessThanOrEqualTo(60));
        Assert.That(reassembler.GetStatistics().CountOf(MbufReassemblyStatus.Complete), Is.EqualTo(400));
        reassembler.Clear(mbufs);
        IsEmpty(reassembler);
    }

    [Test]
    public void A_flood_of_forged_senders_holds_no_more_than_the_limits([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 100, mbufs: 150));
        var random = new Random(9);
        using MbufScope mbufs = Arena.Enter();
        for (int number = 0; number < 30_000; number++)
        {
            Give(mbufs, reassembler, Part(isIPv6, random.Next(), random.Next(60_000), 8 * random.Next(1, 9), 56, random.Next(2) == 0));
            if (Arena.LiveMbufs > 100)
            {
                Assert.Fail("More is held than there may be packets.");
            }
        }

        MbufReassemblyStatistics found = reassembler.GetStatistics();
        Assert.That((found.HeldPackets, found.Sources), Is.EqualTo((100, 100)));
    }

    private MbufReassemblyStatus GiveMbufs(in MbufScope mbufs, MbufReassembler reassembler, byte[] fragment, int count)
    {
        var layout = new Segment[count];
        int header = fragment[0] >> 4 == 4 ? 20 : 48;
        Array.Fill(layout, Segment.Internal(1));
        layout[0] = Segment.Internal(header + 1);
        layout[^1] = Segment.Internal(fragment.Length - (count > 1 ? header + count - 1 : 0));
        using MbufChain chain = Build(mbufs, fragment, layout);
        return reassembler.Add(mbufs, chain, out _);
    }
}
