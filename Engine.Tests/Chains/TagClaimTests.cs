using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Tags of packets that are given away or freed while somebody looks at them.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class TagClaimTests(ArenaKind kind) : ExhaustionFixture(kind)
{
    [Test]
    public void A_walk_ends_with_the_claim_on_the_packet([Values] bool queued)
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = TagTests.Tagged(mbufs, 1, 2, 3);
        MbufChain.TagEnumerator walk = packet.Tags.GetEnumerator();
        Assert.That(walk.MoveNext());
        Mbuf given = default;
        if (queued)
        {
            Assert.That(queue.TryEnqueue(packet));
        }
        else
        {
            given = packet.Detach();
        }

        Assert.That(IsRefused(ref walk));
        Assert.That(walk.Current.Type, Is.EqualTo(3), "The tag itself stays readable while the packet lives.");
        using MbufChain opened = queued && queue.TryDequeue(mbufs, out MbufChain dequeued) ? dequeued : mbufs.Open(given);
        Assert.That(IsRefused(ref walk));
        Assert.That(TagTests.Types(opened), Is.EqualTo(new[] { 3, 2, 1 }));
    }

    [Test]
    public void Nothing_is_copied_of_a_tag_whose_packet_a_callback_frees([Values] bool large)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacket();
        MbufTag tag = mbufs.AllocateTag(1, 2, large ? 1000 : 10);
        tag.Data.Fill(1);
        packet.PrependTag(tag);
        Mbuf given = packet.Detach();
        TakeHoard(mbufs);
        int live = Arena.LiveMbufs;
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            using MbufScope others = Arena.Enter();
            others.Free([given]);
        });

        MbufTag copy = tag.Duplicate();
        Assert.That(copy.IsNull);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(live - 2), "The packet and its tag are gone, and no copy is left.");
        ReleaseHoard();
    }

    private static bool IsRefused(ref MbufChain.TagEnumerator walk)
    {
        try
        {
            walk.MoveNext();
            return false;
        }
        catch (MbufStaleException)
        {
            return true;
        }
    }
}
