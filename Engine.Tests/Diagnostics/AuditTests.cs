using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>What an audit says of an arena in which nothing is wrong, and when it refuses.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AuditTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void An_arena_that_was_never_entered_is_consistent_and_empty()
    {
        MbufAudit audit = Arena.Audit();

        Assert.That(audit.IsConsistent);
        Assert.That(audit.Problems, Is.Empty);
        Assert.That((audit.LiveChains, audit.LiveMbufs, audit.LiveClusters), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void What_is_live_is_counted_with_shared_clusters_once()
    {
        List<Mbuf> kept = [];
        using (MbufScope mbufs = Arena.Enter())
        {
            MbufChain chain = Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Cluster(100), Segment.Cluster(100));
            kept.AddRange([chain.Share().Detach(), chain.Detach()]);
            kept.Add(mbufs.AllocatePacket(MbufClusterSize.Page).Detach());
            kept.Add(mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo9).Detach());
            kept.Add(mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo16).Detach());
        }

        MbufAudit audit = Arena.Audit();
        Free(kept);

        Assert.That(audit.Problems, Is.Empty);
        Assert.That((audit.LiveChains, audit.LiveMbufs), Is.EqualTo((5, 9)));
        Assert.That((audit.LiveClusters, audit.LivePageClusters), Is.EqualTo((2, 1)));
        Assert.That((audit.LiveJumbo9Clusters, audit.LiveJumbo16Clusters), Is.EqualTo((1, 1)));
        Assert.That(audit.ToString(), Is.EqualTo("consistent: 5 chains of 9 mbufs and 2 clusters live"));
    }

    [Test]
    public void A_packet_that_its_scope_left_behind_is_seen()
    {
        Mbuf handle;
        using (MbufScope mbufs = Arena.Enter())
        {
            handle = HandleOf(mbufs.AllocatePacket());
        }

        MbufAudit audit = Arena.Audit();
        Free([handle]);

        Assert.That((audit.LiveChains, audit.LiveMbufs, audit.LiveClusters), Is.EqualTo((1, 1, 1)));
        Assert.That(audit.IsConsistent, "A leak is no inconsistency: the arena knows where everything is.");
    }

    [Test]
    public void Packets_in_a_queue_are_live()
    {
        var queue = new MbufQueue(Arena);
        using (MbufScope mbufs = Arena.Enter())
        {
            Assert.That(queue.TryEnqueue(mbufs.AllocatePacket()) && queue.TryEnqueue(mbufs.AllocateMbuf()));
        }

        Assert.That(Arena.Audit().LiveChains, Is.EqualTo(2));
        using (MbufScope mbufs = Arena.Enter())
        {
            queue.Drain(mbufs);
        }
    }

    [Test]
    public void An_open_scope_keeps_the_audit_from_looking()
    {
        using (Arena.Enter())
        {
            Assert.That(Arena.Audit, Throws.InvalidOperationException.With.Message.Contains("Close every scope"));
        }

        Assert.That(Arena.Audit().IsConsistent);
    }

    [Test]
    public void A_refused_audit_leaves_every_cache_as_it_was()
    {
        using (MbufScope first = Arena.Enter())
        {
            using (Arena.Enter())
            {
                // So that there are two caches, and the audit meets the idle one, too.
            }

            Assert.That(Arena.Audit, Throws.InvalidOperationException);
            using MbufScope second = Arena.Enter();
            using MbufChain packet = second.AllocatePacket();
            Assert.That(packet.IsNull, Is.False);
        }

        Assert.That(Arena.Audit().IsConsistent);
    }

    [Test]
    public void A_disposed_arena_cannot_be_audited()
    {
        MbufArena arena = NewArena(mbufs: 1);
        arena.Dispose();

        Assert.That(arena.Audit, Throws.TypeOf<ObjectDisposedException>());
    }

    private void Free(List<Mbuf> handles)
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free(handles.ToArray());
    }
}
