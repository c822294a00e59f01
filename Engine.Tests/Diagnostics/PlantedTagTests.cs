using Engine.Mbufs.Tests.Chains;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>Untruths in tags, cold lines and records of external storage, each of which the audit must find.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PlantedTagTests(ArenaKind kind) : MbufFixture(kind)
{
    private Mbuf _packet;
    private uint _head;
    private uint _firstTag;

    private delegate void Damage(ref MbufHeader header);

    [SetUp]
    public void Tag_a_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = TagTests.Tagged(mbufs, 1, 2);
        _head = packet.Index;
        _firstTag = Arena.Memory.ColdOf(ref Arena.Memory.Header(_head)).FirstTag;
        _packet = packet.Detach();
    }

    [TearDown]
    public void Free_it()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([_packet]);
    }

    [Test]
    public void What_is_live_is_counted()
    {
        using var memory = new Attachment(10);
        Mbuf attached;
        MbufTagHandle own;
        using (MbufScope mbufs = Arena.Enter())
        {
            MbufChain packet = memory.Attach(mbufs);
            packet.Append(packet.Share());
            attached = packet.Detach();
            own = mbufs.AllocateTag(1, 300).Detach();
        }

        MbufAudit audit = Arena.Audit();
        Assert.That(audit.Problems, Is.Empty);
        Assert.That((audit.LiveChains, audit.LiveMbufs, audit.LiveTags, audit.LiveExternalStorages), Is.EqualTo((2, 3, 3, 1)));
        Assert.That(audit.LiveClusters, Is.EqualTo(2), "The packet's and the large tag's.");
        using MbufScope again = Arena.Enter();
        again.Free([attached]);
        again.OpenTag(own).Free();
    }

    [Test]
    public void Tags_that_are_lost_or_marked_wrongly_are_found()
    {
        Finds(_head, static (ref header) => header.Flags &= ~HeaderFlags.Cold, "is nowhere: not free, and in no live chain");
        Finds(_head, static (ref header) => header.Flags &= ~HeaderFlags.SlowFree, "is taken for a single mbuf");
        Finds(_head, static (ref header) => header.Flags &= ~HeaderFlags.PacketHeader, "the rest of a packet header, and no packet header");
        Finds(_head, static (ref header) => header.Flags |= HeaderFlags.Tag, "has the marks of a tag");
        Finds(_firstTag, static (ref header) => header.Flags &= ~HeaderFlags.Attached, "does not have the marks of one");
        Finds(_firstTag, static (ref header) => header.Flags = HeaderFlags.Free, "does not have the marks of one");
        Finds(_firstTag, static (ref header) => header.Next = 0, "is nowhere");
    }

    [Test]
    public void A_list_of_tags_that_leads_astray_is_found()
    {
        uint first = _firstTag;
        Finds(first, (ref header) => header.Next = first, "or in a ring");
        Finds(first, static (ref header) => header.Next = 300, "which the arena does not have");
    }

    [Test]
    public void An_interior_mbuf_with_a_cold_line_is_found()
    {
        Mbuf chain;
        uint interior;
        using (MbufScope mbufs = Arena.Enter())
        {
            MbufChain packet = Build(mbufs, Pattern(20), Segment.Internal(10), Segment.Internal(10));
            interior = Arena.Memory.Header(packet.Index).Next;
            chain = packet.Detach();
        }

        Finds(interior, static (ref header) => header.Flags |= HeaderFlags.Cold, "has the marks of a head");
        using MbufScope again = Arena.Enter();
        again.Free([chain]);
    }

    private void Finds(uint index, Damage damage, string problem)
    {
        ref MbufHeader header = ref Arena.Memory.Header(index);
        MbufHeader truth = header;
        damage(ref header);
        MbufAudit audit = Arena.Audit();
        header = truth;

        Assert.That(audit.Problems, Has.Some.Contains(problem));
        Assert.That(Arena.Audit().Problems, Is.Empty, "The damage is repaired.");
    }
}
