using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Walks over segments and tags whose body changes what they walk over: true bytes or an exception, never another packet's.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class WalkTests(ArenaKind kind) : MbufFixture(kind)
{
    private delegate void Change(MbufChain chain, in MbufScope mbufs);

    private static readonly (string Name, Change Change)[] s_changes =
    [
        ("trim the end", static (chain, in _) => chain.TrimEnd(200)),
        ("trim all but a byte", static (chain, in _) => chain.TrimEnd(399)),
        ("trim the start", static (chain, in _) => chain.TrimStart(150)),
        ("trim everything", static (chain, in _) => chain.TrimStart(400)),
        ("pull up", static (chain, in _) => chain.TryPullUp(250, out ReadOnlySpan<byte> _)),
        ("pull down", static (chain, in _) => chain.TryPullDown(150, 100, out MbufPosition _)),
        ("defragment", static (chain, in _) => chain.TryDefragment()),
        ("collapse", static (chain, in _) => chain.TryCollapse(2)),
        ("fragment", static (chain, in _) => chain.TrySplitSegments(30)),
        ("prepend", static (chain, in _) => chain.TryPrepend(180, out Span<byte> _)),
        ("append", static (chain, in _) => chain.TryAppend(new byte[3000])),
        ("copy back", static (chain, in _) => chain.TryCopyFrom(50, new byte[200])),
        ("unshare", static (chain, in _) => chain.TryUnshare()),
        ("split and write", static (chain, in _) =>
        {
            if (chain.TrySplit(100, out MbufChain rest))
            {
                rest.TryCopyFrom(0, "SECRET"u8);
                rest.Free();
            }
        }),
        ("free", static (chain, in _) => chain.Free()),
        ("detach", static (chain, in mbufs) => mbufs.Free([chain.Detach()])),
    ];

    /// <summary>Each change at each step of the walk, then packets of others in every mbuf that came free.</summary>
    [Test]
    public void A_walk_that_starts_when_the_memory_is_gone_touches_none_of_it()
    {
        MbufArena arena = Arenas.Of(mbufs: 64, clusters: 64, caches: 1);
        MbufScope mbufs = arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain.SegmentEnumerable segments = packet.Segments;
        packet.Free();
        mbufs.Dispose();
        arena.Dispose();
        bool isRefused = false;
        try
        {
            segments.GetEnumerator();
        }
        catch (ObjectDisposedException)
        {
            isRefused = true;
        }

        Assert.That(isRefused);
    }

    [Test]
    public void A_walk_whose_next_mbufs_were_trimmed_off_ends_with_an_exception()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(30), Segment.Cluster(10), Segment.Cluster(10), Segment.Cluster(10));
        MbufChain.SegmentEnumerator walk = packet.Segments.GetEnumerator();
        Assert.That(walk.MoveNext());
        packet.TrimEnd(20);
        bool isStale = false;
        try
        {
            walk.MoveNext();
        }
        catch (MbufStaleException)
        {
            isStale = true;
        }

        Assert.That(isStale);
    }

    [Test]
    public void No_walk_over_segments_shows_what_is_not_the_packets([Range(0, 15)] int change, [Range(0, 3)] int step)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, new byte[400], Segment.Cluster(100), Segment.Internal(100), Segment.Cluster(100), Segment.Cluster(100));
        var others = new List<Mbuf>();
        int seen = 0;
        try
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                Assert.That(segment.IndexOf("SECRET"u8), Is.Negative, s_changes[change].Name);
                Assert.That(segment.IndexOfAnyExcept((byte)0, (byte)0xD9), Is.Negative, s_changes[change].Name);
                if (seen++ == step)
                {
                    s_changes[change].Change(chain, mbufs);
                    for (int i = 0; i < 20; i++)
                    {
                        MbufChain other = mbufs.AllocatePacket();
                        other.TryAppend("SECRET of another"u8);
                        others.Add(other.Detach());
                    }
                }

                Assert.That(seen, Is.LessThan(200), "The walk ends.");
            }
        }
        catch (MbufStaleException)
        {
        }

        Arenas.FreeAll(mbufs, others);
        FreePartners(mbufs);
    }

    [Test]
    public void What_is_appended_during_a_walk_is_seen()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, Pattern(100));
        var seen = new List<byte>();
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            seen.AddRange(segment);
            if (seen.Count == 100)
            {
                Assert.That(chain.TryAppend(Pattern(50, seed: 2)));
            }
        }

        Assert.That(seen, Is.EqualTo((byte[])[.. Pattern(100), .. Pattern(50, seed: 2)]));
    }

    [Test]
    public void Bytes_that_come_or_go_at_the_front_are_neither_repeated_nor_lost()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, "ABCDEFGHtail"u8.ToArray(), Segment.Cluster(8, lead: 20), Segment.Cluster(4));
        var seen = new List<byte>();
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            seen.AddRange(segment);
            if (seen.Count == 8)
            {
                chain.TrimStart(4);
                Assert.That(chain.TryPrepend("xy"u8));
            }
        }

        Assert.That(seen, Is.EqualTo("ABCDEFGHtail"u8.ToArray()));
        using MbufChain one = Packet(mbufs, Pattern(100));
        int shown = 0;
        foreach (ReadOnlySpan<byte> segment in one.Segments)
        {
            shown += segment.Length;
            if (shown == 100)
            {
                one.TrimStart(40);
                Assert.That(one.TryAppend(Pattern(40)));
            }
        }

        Assert.That(shown, Is.EqualTo(140));
    }

    [Test]
    public void A_walk_that_has_ended_stays_at_its_end()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(100), Segment.Cluster(100), Segment.Cluster(0));
        MbufChain.SegmentEnumerator walk = chain.Segments.GetEnumerator();
        Assert.That(walk.MoveNext());
        Assert.That(walk.MoveNext(), Is.False);
        Assert.That(walk.MoveNext(), Is.False);
        Assert.That(chain.TryAppend([9]));
        Assert.That(walk.MoveNext());
        Assert.That(walk.Current.Length, Is.EqualTo(1));
    }

    [Test]
    public void A_walk_over_tags_does_not_go_over_to_another_packet([Values] bool unlinkFirst)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain one = mbufs.AllocatePacketWithoutCluster();
        using MbufChain two = mbufs.AllocatePacketWithoutCluster();
        for (ushort type = 1; type <= 3; type++)
        {
            one.PrependTag(mbufs.AllocateTag(type, 4));
            two.PrependTag(mbufs.AllocateTag((ushort)(type + 10), 4));
        }

        Exception? error = null;
        try
        {
            foreach (MbufTag tag in one.Tags)
            {
                Assert.That(tag.Type, Is.LessThan(10), "It is another packet's.");
                if (tag.Type == (unlinkFirst ? 3 : 2))
                {
                    one.UnlinkTag(tag);
                    two.PrependTag(tag);
                }
            }
        }
        catch (ArgumentException moved)
        {
            error = moved;
        }

        Assert.That(error, Is.Not.Null);
    }

    [Test]
    public void A_search_behind_another_packets_tag_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain one = mbufs.AllocatePacketWithoutCluster();
        using MbufChain two = mbufs.AllocatePacketWithoutCluster();
        one.PrependTag(mbufs.AllocateTag(1, 4));
        two.PrependTag(mbufs.AllocateTag(1, 4));
        two.PrependTag(mbufs.AllocateTag(1, 4));
        Assert.That(two.TryFindTag(1, out MbufTag ofTwo));
        Exception? error = null;
        try
        {
            one.TryFindTag(MbufTag.CommonCookie, 1, ofTwo, out _);
        }
        catch (ArgumentException foreign)
        {
            error = foreign;
        }

        Assert.That(error, Is.Not.Null);
        Assert.That(two.TryFindTag(MbufTag.CommonCookie, 1, ofTwo, out MbufTag next));
        Assert.That(next.Index, Is.Not.EqualTo(ofTwo.Index));
    }
}
