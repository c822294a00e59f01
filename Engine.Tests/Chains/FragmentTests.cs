using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FragmentTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_chain_comes_into_mbufs_of_one_length(
        [ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout, [Values(7, 100, 192, 193, 1000, 2048)] int length)
    {
        MbufArena arena = NewArena(mbufs: 8000, clusters: 200, pages: 2, jumbo9: 2, jumbo16: 2);
        using MbufScope mbufs = arena.Enter();
        var partners = new List<Mbuf>();
        byte[] bytes = Pattern(Layouts.LengthOf(layout));
        using MbufChain packet = ChainBuilder.Build(mbufs, partners, header: true, bytes, Layouts.All[layout]);
        MbufChain share = packet.Share();

        Assert.That(packet.TrySplitSegments(length));
        int whole = bytes.Length / length;
        int rest = bytes.Length % length;
        int[] lengths = [.. Enumerable.Repeat(length, whole), .. rest > 0 || whole == 0 ? new[] { rest } : []];
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(lengths));
        Assert.That(ChainAssert.IsWritableThroughout(packet));
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.TryAppend([1]) && packet.TryPrepend([2]));
        ChainAssert.Holds(packet, [2, .. bytes, 1]);
        ChainAssert.Holds(share, bytes);
        share.Free();
        mbufs.Free(partners.ToArray());
    }

    [Test]
    public void Mbufs_of_one_byte_each([Values(0, 1, 2, 50)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = BuildPlain(mbufs, Pattern(length), Segment.Cluster(length));

        Assert.That(chain.TrySplitSegments(1));
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(length == 0 ? [0] : Enumerable.Repeat(1, length)));
        ChainAssert.Holds(chain, Pattern(length));
        Assert.That(chain.TryPullUp(length, out _));
        ChainAssert.Holds(chain, Pattern(length));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(2049)]
    [TestCase(int.MaxValue)]
    public void A_length_that_an_mbuf_cannot_have_is_a_mistake(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TrySplitSegments(length));
    }

    [Test]
    public void The_header_stays()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 5, 6);
        Assert.That(packet.TryAppend(Pattern(3000)));
        PacketHeaderTests.Fill(packet, 3);
        packet.Flags |= MbufFlags.Multicast | MbufFlags.ReadOnly;
        MbufChain copy = packet;

        Assert.That(packet.TrySplitSegments(100));
        Assert.That(PacketHeaderTests.Fields(copy), Is.EqualTo(PacketHeaderTests.Filled(3)));
        Assert.That(TagTests.Types(copy), Is.EqualTo(new[] { 6, 5 }));
        Assert.That(copy.Flags, Is.EqualTo(MbufFlags.PacketHeader | MbufFlags.Multicast), "The copy is not read-only.");
    }

    [TestCase(100, 10)]
    [TestCase(300, 4)]
    [TestCase(2048, 1)]
    public void Each_allocation_can_fail_and_nothing_is_left_behind(int length, int allocations)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(1000);
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(400), Segment.Internal(100), Segment.Cluster(500));

        Assert.That(EachAllocation.Fails(packet, chain => chain.TrySplitSegments(length)), Is.EqualTo(allocations));
        ChainAssert.Holds(packet, bytes);
    }

    [TestCase(1, 300)]
    [TestCase(1, 10_000)]
    [TestCase(2048, 150_000)]
    [TestCase(1000, 300)]
    public void An_exhausted_arena_leaves_the_chain_as_it_was(int length, int bytes)
    {
        using MbufScope mbufs = Arena.Enter();
        using var attachment = new Attachment(bytes);
        Pattern(bytes).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs);
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain: length > 192 ? 0 : 150);
        var before = ChainSnapshot.Of(packet);

        Assert.That(packet.TrySplitSegments(length), Is.False);
        before.AssertUnchanged(packet);
        ChainAssert.HoldsWhateverTheHeaderSays(packet, Pattern(bytes));
        hoard.Release(mbufs);
    }

    [Test]
    public void A_routine_that_throws_does_so_when_everything_is_done()
    {
        using var attachment = new Attachment(300, throws: true);
        using MbufScope mbufs = Arena.Enter();
        Pattern(300).CopyTo(attachment.Bytes);
        using MbufChain packet = attachment.Attach(mbufs);

        Expect.Throws<InvalidOperationException>(packet, static chain => chain.TrySplitSegments(200));
        ChainAssert.HoldsWhateverTheHeaderSays(packet, Pattern(300));
        Assert.That(packet.SegmentCount, Is.EqualTo(2));
    }

    [Test]
    public void A_spare_mbuf_that_became_a_chain_of_its_own_is_one_like_others()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain room = mbufs.AllocatePacket(2048 + 10);
        room.FreeFirstSegment(out MbufChain rest);
        using (rest)
        {
            Assert.That(rest.TrySplitSegments(100));
            Assert.That(rest.TryAppend(Pattern(3000)) && rest.TrySplitSegments(1000));
            ChainAssert.Holds(rest, Pattern(3000));
        }
    }
}
