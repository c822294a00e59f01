using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>The audit is what other tests rely on: untruths are planted in headers and counts, and each must be found.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PlantedHeaderTests(ArenaKind kind) : MbufFixture(kind)
{
    private readonly List<Mbuf> _live = [];

    private delegate void Damage(ref MbufHeader header);

    /// <summary>Not all of its clusters are carved at once.</summary>
    protected override MbufArena Reserve() => NewArena(mbufs: 256, clusters: 200, pages: 4);

    [TearDown]
    public void Free_what_is_live()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free(_live.ToArray());
        _live.Clear();
    }

    [Test]
    public void A_head_that_says_the_wrong_thing_is_found()
    {
        uint head = Live(Segment.Internal(100), Segment.Cluster(100), Segment.Internal(50));

        Finds(head, static (ref header) => header.Next = 0, "knows 3 segments; there are 1");
        Finds(head, static (ref header) => header.Next = 0, "is nowhere: not free, and in no live chain");
        Finds(head, static (ref header) => header.Segments = 2, "has more than the 2 segments that its head knows");
        Finds(head, static (ref header) => header.ChainLength--, "knows 249 bytes; there are 250");
        Finds(head, static (ref header) => header.Tail = header.Next, "for its tail");
        Finds(head, static (ref header) => header.SegmentLength = 193, "is not inside its storage of 192 bytes");
    }

    [Test]
    public void Marks_that_are_missing_or_too_many_are_found()
    {
        uint head = Live(Segment.Internal(100), Segment.Cluster(100), Segment.Internal(50));
        uint second = Arena.Memory.Header(head).Next;

        Finds(head, static (ref header) => header.Flags &= ~HeaderFlags.Head, "is nowhere: not free, and in no live chain");
        Finds(head, static (ref header) => header.Flags |= HeaderFlags.Free, "is nowhere: not free, and in no live chain");
        Finds(head, static (ref header) => header.Flags &= ~HeaderFlags.SlowFree, "is taken for a single mbuf with a 2 KiB");
        Finds(second, static (ref header) => header.Flags |= HeaderFlags.Free, "is free and in a chain at the same time");
        Finds(second, static (ref header) => header.Flags |= HeaderFlags.Head, "is inside a chain and has the marks of a head");
    }

    [Test]
    public void A_link_that_leads_astray_is_found()
    {
        uint first = Live(Segment.Internal(10), Segment.Internal(10));
        uint second = Live(Segment.Internal(10), Segment.Internal(10));
        uint tail = Arena.Memory.Header(second).Tail;
        uint free = Freed(Segment.Internal(10));

        Finds(first, (ref header) => header.Next = header.Tail = tail, "is in two places: the chain of mbuf");
        Finds(first, (ref header) => header.Next = free, "is free and in a chain at the same time");
        Finds(first, (ref header) => header.Next = first, "is a ring");
        Finds(first, static (ref header) => header.Next = 257, "links to 257, which the arena does not have");
    }

    [Test]
    public void A_cluster_in_wrong_hands_is_found()
    {
        uint one = Live(Segment.Cluster(100));
        uint other = Live(Segment.Cluster(100));
        uint free = Freed(Segment.Cluster(100));
        (uint ofOther, uint ofFree) = (Arena.Memory.Header(other).Storage, Arena.Memory.Header(free).Storage);

        Finds(one, (ref header) => MoveTo(ref header, ofOther), "for its own, and another mbuf refers to it, too");
        Finds(one, (ref header) => MoveTo(ref header, ofOther), "is nowhere: neither free nor referred to");
        Finds(one, (ref header) => MoveTo(ref header, ofFree), "is free and referred to at the same time");
        Finds(one, (ref header) => MoveTo(ref header, 199), "refers to Cluster 199, which was never carved");
        Finds(free, (ref header) => header.Storage = ofOther, "is free and referred to at the same time");
    }

    [Test]
    public void A_free_mbuf_that_is_not_reset_is_found([Values(SegmentKind.Internal, SegmentKind.Cluster)] SegmentKind kind)
    {
        uint free = Freed(new Segment(kind, 100));
        const string Problem = "is not in its reset state";

        Finds(free, static (ref header) => header.Next = 1, Problem);
        Finds(free, static (ref header) => header.SegmentLength = 1, Problem);
        Finds(free, static (ref header) => header.ChainLength = 1, Problem);
        Finds(free, static (ref header) => header.PacketLength = 1, Problem);
        Finds(free, static (ref header) => header.Segments = 0, Problem);
        Finds(free, static (ref header) => header.Tail++, Problem);
        Finds(free, static (ref header) => header.Flags = 0, Problem);
        Finds(free, static (ref header) => header.Flags |= HeaderFlags.ReadOnly, Problem);
        Finds(free, static (ref header) => header.Kind = ZoneId.Page, Problem);
    }

    [Test]
    public void A_wrong_number_of_references_is_found([Values(-1, 1)] int error)
    {
        uint head = Live(Segment.Shared(100));
        uint storage = Arena.Memory.Header(head).Storage;
        Arena.Memory.CountOf(ZoneId.Cluster, storage) += error;
        MbufAudit audit = Arena.Audit();
        Arena.Memory.CountOf(ZoneId.Cluster, storage) -= error;

        Assert.That(audit.Problems, Has.Some.EqualTo($"The count of Cluster {storage} is {2 + error}; 2 mbufs refer to it."));
        Assert.That(Arena.Audit().Problems, Is.Empty);
    }

    private void Finds(uint index, Damage damage, string problem)
    {
        ref MbufHeader header = ref Arena.Memory.Header(index);
        MbufHeader truth = header;
        damage(ref header);
        MbufAudit audit = Arena.Audit();
        header = truth;

        Assert.That(audit.IsConsistent, Is.False);
        Assert.That(audit.Problems, Has.Some.Contains(problem));
        Assert.That(audit.ThrowIfInconsistent, Throws.InvalidOperationException.With.Message.Contains(problem));
        Assert.That(Arena.Audit().Problems, Is.Empty, "The damage is repaired.");
    }

    /// <summary>Points a header at the same place in another cluster.</summary>
    private void MoveTo(ref MbufHeader header, uint storage)
    {
        StorageLayout layout = Arena.Layout.Storages[(int)ZoneId.Cluster];
        header.Data += layout.StartOf(storage) - layout.StartOf(header.Storage);
        header.Storage = storage;
    }

    private uint Live(params Segment[] layout)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(layout.Sum(static segment => segment.Length)), layout);
        _live.Add(packet.Detach());
        return packet.Index;
    }

    private uint Freed(Segment segment)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(segment.Length), segment);
        packet.Free();
        return packet.Index;
    }
}
