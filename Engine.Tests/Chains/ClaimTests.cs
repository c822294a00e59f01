using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>One claim on a packet is alive at a time; every verb through any other is refused, and changes nothing.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ClaimTests(ArenaKind kind) : MbufFixture(kind)
{
    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Nothing_can_be_done_with_a_freed_packet(Verb verb)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain copy = packet;
        packet.Free();

        Expect.Throws<MbufStaleException>(packet, verb.Call);
        Expect.Throws<MbufStaleException>(copy, verb.Call);
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void A_freed_packet_whose_mbuf_is_used_again_is_not_taken_for_the_new_one(Verb verb)
    {
        MbufArena arena = NewArena(mbufs: 1, clusters: 1);
        using MbufScope mbufs = arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Free();
        using MbufChain next = Packet(mbufs, Pattern(10, seed: 2));
        ChainSnapshot before = ChainSnapshot.Of(next);

        Assert.That(next.Index, Is.EqualTo(packet.Index));
        Expect.Throws<MbufStaleException>(packet, verb.Call);
        before.AssertUnchanged(next);
        ChainAssert.Holds(next, Pattern(10, seed: 2));
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Nothing_can_be_done_with_a_detached_chain(Verb verb)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        Mbuf handle = packet.Detach();

        Expect.Throws<MbufStaleException>(packet, verb.Call);
        using MbufChain opened = mbufs.Open(handle);
        Expect.Throws<MbufStaleException>(packet, verb.Call);
        ChainAssert.Holds(opened, Pattern(10));
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Nothing_can_be_done_with_a_chain_that_was_appended_to_another(Verb verb)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain other = Packet(mbufs, Pattern(20, seed: 2));
        packet.Append(other);

        Expect.Throws<MbufStaleException>(other, verb.Call);
        ChainAssert.Holds(packet, [.. Pattern(10), .. Pattern(20, seed: 2)]);
        packet.TrimStart(10);
        Expect.Throws<MbufStaleException>(other, verb.Call);
        ChainAssert.Holds(packet, Pattern(20, seed: 2));
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Nothing_can_be_done_with_an_enqueued_packet(Verb verb)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        Assert.That(queue.TryEnqueue(packet));

        Expect.Throws<MbufStaleException>(packet, verb.Call);
        Assert.That(queue.TryDequeue(mbufs, out MbufChain dequeued));
        Expect.Throws<MbufStaleException>(packet, verb.Call);
        ChainAssert.Holds(dequeued, Pattern(10));
        dequeued.Free();
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Nothing_can_be_done_with_null(Verb verb)
    {
        Expect.Throws<NullReferenceException>(default, verb.Call);
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.WithoutQueue))]
    public void Nothing_can_be_done_with_what_an_exhausted_arena_gave(Verb verb)
    {
        MbufArena arena = NewArena(mbufs: 1, clusters: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain all = Packet(mbufs, Pattern(10));
        MbufChain none = mbufs.AllocatePacket();

        Assert.That(none.IsNull && !none.IsOwned);
        Assert.That(Expect.Throws<MbufException>(none, verb.Call).Message, Does.Contain("IsNull"));
        none.Dispose();
    }

    [Test]
    public void Every_way_to_get_no_packet_gives_the_null_that_says_so()
    {
        MbufArena arena = NewArena(mbufs: 1, clusters: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain all = Packet(mbufs, Pattern(10));
        var queue = new MbufQueue(arena);
        AssertSaysSo(mbufs.AllocateMbuf());
        AssertSaysSo(mbufs.AllocatePacketWithoutCluster());
        AssertSaysSo(mbufs.AllocatePacket(MbufClusterSize.Page));
        AssertSaysSo(mbufs.AllocateMbufWithCluster());
        AssertSaysSo(mbufs.AllocatePacket(5000));
        AssertSaysSo(mbufs.AllocateZeroedMbuf());
        AssertSaysSo(mbufs.AllocateContiguousMbuf(5000));
        AssertSaysSo(mbufs.AllocatePacketFrom([1], 0, 0));
        AssertSaysSo(mbufs.Waiting(TimeSpan.Zero).AllocatePacket());
        AssertSaysSo(all.Share());
        AssertSaysSo(all.Duplicate());
        AssertSaysSo(all.ShareBehindHead(10));
        Assert.That(all.TryShare(1, 2, out MbufChain share), Is.False);
        AssertSaysSo(share);
        Assert.That(all.TrySplit(5, out MbufChain rest), Is.False);
        AssertSaysSo(rest);
        Assert.That(queue.TryDequeue(mbufs, out MbufChain dequeued), Is.False);
        AssertSaysSo(dequeued);
        Assert.That(all.TryGetPosition(11, out MbufPosition position), Is.False);
        Assert.That(Thrown.ByPosition(position), Is.TypeOf<MbufException>());
        Assert.That(all.TryFindTag(1, out MbufTag tag), Is.False);
        Assert.That(Thrown.ByTag(tag), Is.TypeOf<MbufException>());
    }

    private static void AssertSaysSo(MbufChain none)
    {
        Assert.That(none.IsNull);
        Expect.Throws<MbufException>(none, static chain => _ = chain.Length);
        Expect.Throws<MbufException>(none, static chain => chain.Free());
        Expect.Throws<MbufException>(none, static chain => chain.Detach());
    }

    [TestCaseSource(typeof(Verb), nameof(Verb.All))]
    public void Nothing_can_be_done_in_a_closed_scope(Verb verb)
    {
        MbufScope closed = Arena.Enter();
        MbufChain packet = Packet(closed, Pattern(10));
        Mbuf handle = HandleOf(packet);
        closed.Dispose();

        Expect.Throws<ObjectDisposedException>(packet, verb.Call);
        Assert.That(packet.IsOwned, Is.False);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain opened = mbufs.Open(handle);
        ChainAssert.Holds(opened, Pattern(10));
    }

    [Test]
    public void A_stale_chain_cannot_be_given_away()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain stale = Packet(mbufs, Pattern(20));
        stale.Free();

        Expect.Throws<MbufStaleException>(stale, static chain => chain.Detach());
        Expect.Throws<MbufStaleException>(stale, chain => queue.TryEnqueue(chain));
        Expect.Throws<MbufStaleException>(packet, stale, static (chain, other) => chain.Append(other));
        Expect.Throws<MbufStaleException>(packet, stale, static (chain, other) => other.Append(chain));
        Expect.Throws<NullReferenceException>(default, static chain => chain.Detach());
        Expect.Throws<NullReferenceException>(default, chain => queue.TryEnqueue(chain));
        ChainAssert.Holds(packet, Pattern(10));
        Assert.That(queue.Count, Is.Zero);
    }

    [Test]
    public void The_rest_of_a_split_has_a_claim_of_its_own()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain second = Packet(mbufs, Pattern(20, seed: 2));
        packet.Append(second);

        Assert.That(packet.TrySplit(10, out MbufChain rest));
        Assert.That(rest.Index, Is.EqualTo(second.Index), "The mbuf is a head again.");
        Assert.That((rest.IsOwned, second.IsOwned), Is.EqualTo((true, false)));
        Expect.Throws<MbufStaleException>(second, static chain => chain.TrimStart(1));
        rest.Free();
        Assert.That(packet.IsOwned);
    }
}
