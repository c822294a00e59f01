using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Room that was allocated in advance is filled from its start, by every verb that adds bytes at the end.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SpareRoomTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Room_for_nearly_the_whole_arena_is_filled_without_another_mbuf([Values(1, 100, 2048, 5000, 100_000)] int step)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(100_000);
        byte[] bytes = Pattern(100_000);
        int segments = packet.SegmentCount;
        for (int offset = 0; offset < bytes.Length; offset += step)
        {
            Assert.That(packet.TryAppend(bytes.AsSpan(offset, Math.Min(step, bytes.Length - offset))));
        }

        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Tailroom_counts_all_of_it()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(5000);

        Assert.That(packet.Tailroom, Is.GreaterThanOrEqualTo(5000));
        packet.TryAppend(Pattern(3000));
        Assert.That(packet.Tailroom, Is.GreaterThanOrEqualTo(2000));
    }

    [Test]
    public void More_than_the_room_goes_on_in_fresh_mbufs()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(5000);
        byte[] bytes = Pattern(20_000);

        Assert.That(packet.TryAppend(bytes.AsSpan(0, 1)));
        Assert.That(packet.TryAppend(bytes.AsSpan(1)));
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryAppend(bytes));
        ChainAssert.Holds(packet, [.. bytes, .. bytes]);
    }

    [Test]
    public void Contiguous_bytes_come_from_the_first_mbuf_that_has_room_for_them()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(6000);
        byte[] bytes = Pattern(6000);
        int segments = packet.SegmentCount;
        for (int offset = 0; offset < bytes.Length; offset += 1500)
        {
            Assert.That(packet.TryAppend(1500, out Span<byte> room));
            bytes.AsSpan(offset, 1500).CopyTo(room);
        }

        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.SegmentCount, Is.EqualTo(segments + 1), "Three clusters hold one piece each, the small one none.");
    }

    [Test]
    public void Writing_past_the_end_fills_it_too()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(9000);
        byte[] bytes = Pattern(4000);
        int segments = packet.SegmentCount;

        Assert.That(packet.TryCopyFrom(3000, bytes));
        Assert.That(packet.SegmentCount, Is.EqualTo(segments));
        ChainAssert.Holds(packet, [.. new byte[3000], .. bytes]);
    }

    [Test]
    public void A_chain_with_room_left_can_be_cut_joined_and_trimmed()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(9000);
        byte[] bytes = Pattern(3000);
        packet.TryAppend(bytes);
        Assert.That(packet.TrySplit(3000, out MbufChain rest));
        using (rest)
        {
            Assert.That(rest.TryAppend(bytes));
            ChainAssert.Holds(rest, bytes);
            packet.Append(rest);
        }

        Assert.That(packet.TryAppend(bytes));
        packet.TrimStart(2999);
        packet.TrimEnd(2999);
        Assert.That(packet.TryAppend(bytes));
        ChainAssert.Holds(packet, [bytes[^1], .. bytes, bytes[0], .. bytes]);
    }

    [Test]
    public void Joining_behind_reserved_room_keeps_copies_apart()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(2100);
        using MbufChain behind = mbufs.AllocatePacket(2100);
        packet.Append(behind);
        byte[] bytes = Pattern(4400);
        Assert.That(packet.TryAppend(bytes));
        using MbufChain copy = packet.Share();
        byte[] change = Pattern(300, seed: 2);

        Assert.That(packet.TryCopyFrom(2048, change));
        ChainAssert.Holds(copy, bytes);
        change.CopyTo(bytes, 2048);
        ChainAssert.Holds(packet, bytes);
    }

    [Test]
    public void Reserved_room_stays_the_original_s_while_a_copy_lives()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket(6000);
        packet.TryAppend(Pattern(100));
        using MbufChain copy = packet.Share();

        Assert.That(packet.Tailroom, Is.GreaterThanOrEqualTo(6000 - 2048));
    }

    [Test]
    public void More_than_the_arena_can_ever_give_is_denied_without_taking_what_it_has()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain none = mbufs.AllocatePacket(1_000_000);

        Assert.That(none.IsNull);
        Assert.That(Arena.GetStatistics().Packets.Denied, Is.EqualTo(1));
        Assert.That(Arena.GetStatistics().Mbufs.Total, Is.Zero, "Nothing was carved for it.");
    }
}
