using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The walk that all other tests rely on: each untruth that it is there for is planted in a header, and must be found.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SanityTests(ArenaKind kind) : MbufFixture(kind)
{
    private delegate void Damage(ref MbufHeader header);

    [Test]
    public void A_head_that_knows_wrong_numbers_is_found()
    {
        FindsInHead(static (ref header) => header.ChainLength++, "bytes");
        FindsInHead(static (ref header) => header.Segments++, "segments");
        FindsInHead(static (ref header) => header.Segments--, "segments");
        FindsInHead(static (ref header) => header.Tail = header.Next, "tail");
        FindsInHead(static (ref header) => header.PacketLength++, "packet header says");
        FindsInHead(static (ref header) => header.Flags &= ~HeaderFlags.Head, "head");
    }

    [Test]
    public void The_packet_length_of_an_empty_chain_is_not_compared()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        packet.PacketLength = 100;

        Assert.That(packet.IsSane(out string? problem), problem);
        Assert.That(packet.TryAppend([1]));
        Assert.That(packet.IsSane(out problem), Is.False);
        Assert.That(problem, Is.EqualTo("The packet header says 101 bytes; the chain holds 1."));
        Assert.That(packet.FixPacketLength(), Is.EqualTo(1));
        ChainAssert.Holds(packet, [1]);
    }

    [Test]
    public void Data_outside_its_storage_is_found()
    {
        FindsInSecond(static (ref header) => header.SegmentLength = -1, "not inside its storage");
        FindsInSecond(static (ref header) => header.Data -= 129, "not inside its storage");
        FindsInSecond(static (ref header) => header.Data += 2049, "not inside its storage");
        FindsInSecond(static (ref header) => header.SegmentLength = 2177, "not inside its storage");
        FindsInSecond(static (ref header) => header.Storage = 64, "not its own");
        FindsInSecond(static (ref header) => header.Kind = (ZoneId)9, "unknown kind");
        FindsInSecond(static (ref header) => header.Kind = ZoneId.Mbuf, "not its own");
    }

    [Test]
    public void Links_and_marks_that_cannot_be_are_found()
    {
        FindsInSecond(static (ref header) => header.Next = 100_000, "links to 100000");
        FindsInSecond(static (ref header) => header.Next = 0, "segments");
        FindsInSecond(static (ref header) => header.Flags |= HeaderFlags.Free, "free");
        FindsInSecond(static (ref header) => header.Flags |= HeaderFlags.Head, "marks of a head");
        FindsInSecond(static (ref header) => header.Flags |= HeaderFlags.PacketHeader, "marks of a head");
    }

    [Test]
    public void A_ring_is_found()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Cluster(100), Segment.Internal(100));
        uint tail = packet.VerifiedHead().Tail;
        packet.Cache.Hot.Memory.Header(tail).Next = packet.VerifiedHead().Next;
        bool sane = packet.IsSane(out string? problem);
        packet.Cache.Hot.Memory.Header(tail).Next = 0;

        Assert.That(sane, Is.False);
        Assert.That(problem, Does.Contain("ring"));
        ChainAssert.Holds(packet, Pattern(300));
    }

    private void FindsInHead(Damage damage, string problem) => Finds(damage, problem, inHead: true);

    private void FindsInSecond(Damage damage, string problem) => Finds(damage, problem, inHead: false);

    private void Finds(Damage damage, string expected, bool inHead)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Internal(100), Segment.Cluster(100), Segment.Internal(100));
        uint index = inHead ? packet.Index : packet.VerifiedHead().Next;
        ref MbufHeader header = ref packet.Cache.Hot.Memory.Header(index);
        MbufHeader truth = header;
        damage(ref header);
        bool sane = packet.IsSane(out string? problem);
        header = truth;

        Assert.That(sane, Is.False, expected);
        Assert.That(problem, Does.Contain(expected));
        ChainAssert.Holds(packet, Pattern(300));
    }
}
