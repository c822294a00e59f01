using System.Buffers;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>
/// Every request that an exhausted arena refuses is counted once, whatever its form; one that waited is counted as delayed, too.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class DenialCountTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly TimeSpan s_while = TimeSpan.FromMilliseconds(2);

    private static readonly (string Name, Func<MbufScope, bool> Use)[] s_forms =
    [
        ("m_get", static mbufs => !mbufs.AllocateMbuf().IsNull),
        ("m_gethdr", static mbufs => !mbufs.AllocatePacketWithoutCluster().IsNull),
        ("m_getclr", static mbufs => !mbufs.AllocateZeroedMbuf().IsNull),
        ("m_getcl", static mbufs => !mbufs.AllocatePacket().IsNull),
        ("m_getcl without header", static mbufs => !mbufs.AllocateMbufWithCluster().IsNull),
        ("m_getjcl", static mbufs => !mbufs.AllocatePacket(MbufClusterSize.Jumbo16).IsNull),
        ("m_getm2", static mbufs => !mbufs.AllocatePacket(10_000).IsNull),
        ("m_getm2 of more than there is", static mbufs => !mbufs.AllocatePacket(100_000_000).IsNull),
        ("m_getm2 without header", static mbufs => !mbufs.AllocateChain(100).IsNull),
        ("m_get2", static mbufs => !mbufs.AllocateContiguousMbuf(3000).IsNull),
        ("m_get2 with header", static mbufs => !mbufs.AllocateContiguousPacket(300).IsNull),
        ("m_devget", static mbufs => !mbufs.AllocatePacketFrom(new byte[5000], 0, 1).IsNull),
        ("m_uiotombuf", static mbufs => FromSequence(mbufs)),
        ("bulk", static mbufs => mbufs.TryAllocatePackets(new Mbuf[5])),
        ("m_tag_alloc", static mbufs => !mbufs.AllocateTag(1, 8).IsNull),
    ];

    private static readonly (string Name, Func<MbufScope, bool> Use)[] s_waits =
    [
        ("m_get", static mbufs => !mbufs.Waiting(s_while).AllocateMbuf().IsNull),
        ("m_gethdr", static mbufs => !mbufs.Waiting(s_while).AllocatePacketWithoutCluster().IsNull),
        ("m_getclr", static mbufs => !mbufs.Waiting(s_while).AllocateZeroedMbuf().IsNull),
        ("m_getcl", static mbufs => !mbufs.Waiting(s_while).AllocatePacket().IsNull),
        ("m_getcl without header", static mbufs => !mbufs.Waiting(s_while).AllocateMbufWithCluster().IsNull),
        ("m_getjcl", static mbufs => !mbufs.Waiting(s_while).AllocatePacket(MbufClusterSize.Page).IsNull),
        ("m_getjcl without header", static mbufs => !mbufs.Waiting(s_while).AllocateMbufWithCluster(MbufClusterSize.Jumbo9).IsNull),
        ("m_getm2", static mbufs => !mbufs.Waiting(s_while).AllocatePacket(10_000).IsNull),
        ("m_getm2 of more than there is", static mbufs => !mbufs.Waiting(s_while).AllocatePacket(100_000_000).IsNull),
        ("m_getm2 without header", static mbufs => !mbufs.Waiting(s_while).AllocateChain(100).IsNull),
        ("m_get2", static mbufs => !mbufs.Waiting(s_while).AllocateContiguousMbuf(3000).IsNull),
        ("m_get2 with header", static mbufs => !mbufs.Waiting(s_while).AllocateContiguousPacket(300).IsNull),
    ];

    private static readonly (string Name, Func<MbufChain, bool> Use)[] s_verbs =
    [
        ("TryAppend", static packet => packet.TryAppend(new byte[3000])),
        ("TryAppend", static packet => packet.TryAppend(500, out _)),
        ("TryPrepend", static packet => packet.TryPrepend(150, out _)),
        ("TryPrepend into a cluster", static packet => packet.TryPrepend(3000, out _)),
        ("TryPullUp", static packet => packet.TryPullUp(700, out _)),
        ("TryCopyFrom", static packet => packet.TryCopyFrom(0, new byte[2])),
        ("TryAddRoom", static packet => packet.TryAddRoom(5000)),
        ("TrySplit", static packet => packet.TrySplit(100, out _)),
        ("Share", static packet => !packet.Share().IsNull),
    ];

    private Hoard _hoard = null!;
    private Mbuf _packet;

    [SetUp]
    public void Exhaust_the_arena()
    {
        using MbufScope mbufs = Arena.Enter();
        _packet = Build(mbufs, Pattern(800), Segment.Shared(300), Segment.Shared(500)).Detach();
        _hoard = Hoard.OfEverything(mbufs);
    }

    [TearDown]
    public void Give_everything_back()
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([_packet]);
        _hoard.Release(mbufs);
    }

    [Test]
    public void An_allocation_is_denied_once([Range(0, 14)] int form)
    {
        long denied = Denied();
        using (MbufScope mbufs = Arena.Enter())
        {
            Assert.That(s_forms[form].Use(mbufs), Is.False, s_forms[form].Name);
        }

        Assert.That((Denied() - denied, Delayed()), Is.EqualTo((1L, 0L)), s_forms[form].Name);
    }

    [Test]
    public void A_wait_whose_time_is_over_is_denied_and_delayed_once([Range(0, 11)] int form)
    {
        long denied = Denied();
        using (MbufScope mbufs = Arena.Enter())
        {
            Assert.That(s_waits[form].Use(mbufs), Is.False, s_waits[form].Name);
        }

        Assert.That(Denied() - denied, Is.EqualTo(1), s_waits[form].Name);
        Assert.That(Delayed(), Is.LessThanOrEqualTo(1), "On a machine that stood still its time may have been over before it slept.");
    }

    [Test]
    public void A_verb_is_denied_once([Range(0, 8)] int verb)
    {
        long denied = Denied();
        using (MbufScope mbufs = Arena.Enter())
        {
            MbufChain packet = mbufs.Open(_packet);
            bool done = s_verbs[verb].Use(packet);
            _packet = packet.Detach();
            Assert.That(done, Is.False, s_verbs[verb].Name);
        }

        Assert.That((Denied() - denied, Delayed()), Is.EqualTo((1L, 0L)), s_verbs[verb].Name);
    }

    private static bool FromSequence(MbufScope mbufs)
    {
        var source = new ReadOnlySequence<byte>(new byte[5000]);
        return !mbufs.AllocatePacketFrom(ref source, MbufSizes.CopyAll, 0).IsNull;
    }

    private long Denied() => Arena.Zones.Sum(static zone => zone.Denied);

    private long Delayed() => Arena.Zones.Sum(static zone => zone.Delayed);
}
