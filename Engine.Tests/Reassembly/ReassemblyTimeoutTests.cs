using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>What does not become a packet in its time goes, and its sender can be told.</summary>
public sealed class ReassemblyTimeoutTests : ReassemblyFixture
{
    private static readonly TimeSpan s_moment = TimeSpan.FromTicks(1);

    private static TimeSpan Timeout(bool isIPv6) => TimeSpan.FromSeconds(isIPv6 ? 60 : 30);

    [Test]
    public void A_packet_is_held_for_its_time_from_the_first_fragment_on([Values] bool isIPv6)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 300);
        List<byte[]> fragments = FragmentBytes.Of(whole, 104);
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, fragments[0]);
        Time.Advance(Timeout(isIPv6) - s_moment - s_moment);
        IsHeld(mbufs, reassembler, fragments[1]);
        Time.Advance(s_moment);
        Assert.That(reassembler.Expire(mbufs), Is.Zero);
        Completes(mbufs, reassembler, fragments[2], whole);

        IsHeld(mbufs, reassembler, fragments[0]);
        Time.Advance(Timeout(isIPv6) - s_moment);
        IsHeld(mbufs, reassembler, fragments[1]);
        Time.Advance(s_moment);
        IsHeld(mbufs, reassembler, fragments[2]);
        MbufReassemblyStatistics found = reassembler.GetStatistics();
        Assert.That((found.TimedOut, found.DroppedFragments, found.HeldFragments), Is.EqualTo((1L, 2L, 1)), "It is another packet.");
    }

    [Test]
    public void All_whose_time_is_over_go_with_the_next_fragment_or_when_asked([Values] bool ask)
    {
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        for (ushort number = 1; number <= 20; number++)
        {
            IsHeld(mbufs, reassembler, FragmentBytes.IPv4At(0, 64, more: true, number));
            IsHeld(mbufs, reassembler, FragmentBytes.IPv6(FragmentBytes.Whole(true, 300), 0, 64, more: true, identification: number));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Time.Advance(TimeSpan.FromSeconds(20)); // The first 10 or 11 of IPv4.
        int gone = 11;
        if (ask)
        {
            Assert.That(reassembler.Expire(mbufs), Is.EqualTo(gone));
            Assert.That(reassembler.Expire(mbufs), Is.Zero);
        }
        else
        {
            Assert.That(Give(mbufs, reassembler, FragmentBytes.IPv4At(0, 7, more: true)), Is.EqualTo(MbufReassemblyStatus.Malformed));
        }

        Assert.That(reassembler.GetStatistics().HeldPackets, Is.EqualTo(40 - gone));
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(reassembler.Expire(mbufs), Is.EqualTo(40 - gone));
        IsEmpty(reassembler);
    }

    [Test]
    public void The_first_fragment_of_a_packet_whose_time_is_over_is_there_as_it_came([Values] bool isIPv6)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 300);
        byte[] first = FragmentBytes.Of(whole, 0, 104, more: true);
        var timedOut = new MbufQueue(Arena);
        MbufReassembler reassembler = Make(Options(timedOut: timedOut));
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, FragmentBytes.Of(whole, 104, 104, more: true), [.. first, .. Pattern(5)]);
        Time.Advance(Timeout(isIPv6));

        Assert.That(reassembler.Expire(mbufs), Is.EqualTo(1));

        IsEmpty(reassembler);
        Assert.That(timedOut.TryDequeue(mbufs, out MbufChain packet));
        using (packet)
        {
            ChainAssert.Holds(packet, first);
        }

        Assert.That(timedOut.IsEmpty);
    }

    [Test]
    public void Nobody_is_told_without_the_first_fragment_or_of_what_was_dropped_before()
    {
        var timedOut = new MbufQueue(Arena);
        MbufReassembler reassembler = Make(Options(timedOut: timedOut));
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, FragmentBytes.IPv4At(8, 64, more: true));
        IsHeld(mbufs, reassembler, FragmentBytes.IPv4At(0, 64, more: true, identification: 2));
        Assert.That(
            Give(mbufs, reassembler, FragmentBytes.IPv4At(8, 64, more: true, identification: 2)),
            Is.EqualTo(MbufReassemblyStatus.Overlap));
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(reassembler.Expire(mbufs), Is.EqualTo(1));
        Assert.That(timedOut.IsEmpty);
        IsEmpty(reassembler);
        Assert.That(reassembler.GetStatistics().TimedOut, Is.EqualTo(1));
    }

    [Test]
    public void What_the_queue_does_not_take_is_freed()
    {
        var timedOut = new MbufQueue(Arena, limit: 2);
        MbufReassembler reassembler = Make(Options(timedOut: timedOut));
        using MbufScope mbufs = Arena.Enter();
        for (ushort number = 1; number <= 5; number++)
        {
            IsHeld(mbufs, reassembler, FragmentBytes.IPv4At(0, 64, more: true, number));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(reassembler.Expire(mbufs), Is.EqualTo(5));
        Assert.That((timedOut.Count, timedOut.Drops, Arena.LiveMbufs), Is.EqualTo((2, 3L, 2)));
        timedOut.Drain(mbufs);
    }

    [Test]
    public void A_clock_that_throws_leaves_everything_as_it_was()
    {
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, FragmentBytes.IPv4At(0, 64, more: true));
        using MbufChain chain = mbufs.AllocatePacketFrom(FragmentBytes.IPv4At(64, 64, more: true), 0, 0);
        Time.Failure = new TimeZoneNotFoundException();
        bool thrown = false;
        try
        {
            reassembler.Add(mbufs, chain, out _);
        }
        catch (TimeZoneNotFoundException)
        {
            thrown = true;
        }

        Time.Failure = null;
        Assert.That(thrown && chain.IsOwned && chain.Length == 84);
        Assert.That(reassembler.Add(mbufs, chain, out _), Is.EqualTo(MbufReassemblyStatus.Held));
    }
}
