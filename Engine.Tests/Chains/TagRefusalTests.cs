using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Tags where they cannot be, and arenas that have none left.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class TagRefusalTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_chain_without_packet_header_has_no_tags()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain plain = mbufs.AllocateMbuf();
        using MbufTag tag = mbufs.AllocateTag(1, 1);
        Assert.That(Refuses<InvalidOperationException>(plain, tag, static (chain, own) => chain.PrependTag(own)));
        Assert.That(TagTests.Types(plain), Is.Empty);
        Assert.That(plain.TryFindTag(1, out _), Is.False);
        plain.DeleteTags();
        plain.DeleteNonPersistentTags();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Expect.Throws<InvalidOperationException>(plain, packet, static (chain, other) => chain.TryCopyTagsFrom(other));
        Expect.Throws<InvalidOperationException>(packet, plain, static (chain, other) => chain.TryCopyTagsFrom(other));
    }

    [Test]
    public void A_tag_is_on_one_packet_at_most()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        using MbufChain other = mbufs.AllocatePacketWithoutCluster();
        MbufTag tag = mbufs.AllocateTag(1, 1);
        packet.PrependTag(tag);
        Assert.That(Refuses<InvalidOperationException>(other, tag, static (chain, own) => chain.PrependTag(own)));
        Assert.That(Refuses<InvalidOperationException>(packet, tag, static (chain, own) => own.Free()));
        Assert.That(Refuses<InvalidOperationException>(packet, tag, static (chain, own) => own.Detach()));
        Assert.That(Refuses<ArgumentException>(other, tag, static (chain, own) => chain.UnlinkTag(own)));
        Assert.That(Refuses<ArgumentException>(other, tag, static (chain, own) => chain.DeleteTag(own)));
        Assert.That(Refuses<ArgumentException>(other, tag, static (chain, own) => chain.DeleteTagsFrom(own)));
        tag.Dispose();
        Assert.That(tag.IsAttached, "Disposing a packet's tag does nothing.");
    }

    [Test]
    public void A_tag_on_no_packet_cannot_be_taken_off_one()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 1);
        using MbufTag tag = mbufs.AllocateTag(1, 1);
        Assert.That(Refuses<ArgumentException>(packet, tag, static (chain, own) => chain.UnlinkTag(own)));
        Assert.That(Refuses<ArgumentException>(packet, tag, static (chain, own) => chain.TryFindTag(1, 1, own, out _)));
    }

    [Test]
    public void Tags_of_another_arena_are_refused()
    {
        MbufArena foreign = NewArena(mbufs: 8);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = foreign.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        using MbufTag tag = others.AllocateTag(1, 1);
        Assert.That(Refuses<MbufForeignException>(packet, tag, static (chain, own) => chain.PrependTag(own)));
    }

    [Test]
    public void Nothing_is_left_of_a_copy_that_cannot_be_made()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = TagTests.Tagged(mbufs, 1, 2, 3);
        using MbufChain other = TagTests.Tagged(mbufs, 4);
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain: 2);
        int live = Arena.LiveMbufs;

        Assert.That(other.TryCopyTagsFrom(packet), Is.False);
        Assert.That(other.TryCopyPacketHeaderFrom(packet), Is.False);
        Assert.That(packet.Share().IsNull);
        Assert.That(TagTests.Types(other), Is.EqualTo(new[] { 4 }), "The tags are as they were.");
        Assert.That(Arena.LiveMbufs, Is.EqualTo(live));
        hoard.ReleasePlain(mbufs, 1);
        Assert.That(other.TryCopyTagsFrom(packet));
        Assert.That(TagTests.Types(other), Is.EqualTo(new[] { 3, 2, 1 }));
        Assert.That(mbufs.AllocateTag(1, 1) is { IsNull: false } last && Freed(last), "The replaced tag was freed.");
        hoard.Release(mbufs);
    }

    [Test]
    public void An_exhausted_arena_has_no_tag()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufTag tag = mbufs.AllocateTag(1, 10);
        Hoard hoard = Hoard.OfEverything(mbufs);
        Assert.That(mbufs.AllocateTag(1, 0).IsNull);
        Assert.That(tag.Duplicate().IsNull);
        hoard.Release(mbufs);
    }

    [Test]
    public void A_tag_ends_with_its_scope()
    {
        MbufScope mbufs = Arena.Enter();
        MbufTag tag = mbufs.AllocateTag(1, 10);
        MbufTagHandle handle = tag.Detach();
        tag = mbufs.OpenTag(handle);
        handle = tag.Detach();
        mbufs.Dispose();
        Assert.That(tag.ToString(), Is.EqualTo("tag that was freed or given away"));
        using MbufScope again = Arena.Enter();
        again.OpenTag(handle).Free();
        Assert.That(default(MbufTag).IsNull && default(MbufTagHandle).IsNull);
    }

    private static bool Freed(MbufTag tag)
    {
        tag.Free();
        return true;
    }

    private static bool Refuses<TException>(MbufChain chain, MbufTag tag, Action<MbufChain, MbufTag> verb)
        where TException : Exception
    {
        try
        {
            verb(chain, tag);
            return false;
        }
        catch (TException exception)
        {
            return exception.GetType() == typeof(TException);
        }
    }
}
