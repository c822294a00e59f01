using Engine.Mbufs.Wire;

using NUnit.Framework;

using Status = Engine.Mbufs.Wire.MbufOffloadStatus;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>Callbacks that make memory free while a packet is cut, and have the queue that its parts go to.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CutForeignCodeTests(ArenaKind kind) : CutFixture(kind)
{
    private const int Parts = 4;

    [Test]
    public void A_queue_that_is_filled_meanwhile_refuses_all_parts([Values] bool isSegmented, [Values] bool isTagged, [Values(0, 1, 3)] int room)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Make(mbufs, isSegmented);
        if (isTagged)
        {
            SetHeaderFields(mbufs, packet);
        }

        MbufQueue queue = NewQueue(Parts + room);
        Mbuf[] more = [.. Enumerable.Range(0, room + 1).Select(_ => Detached())];
        Hoard hoard = Hoard.OfEverything(mbufs);
        int calls = 0;
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            using MbufScope own = Arena.Enter();
            hoard.Release(own);
            calls++;
            foreach (Mbuf one in more)
            {
                Assert.That(queue.TryEnqueue(own.Open(one)));
            }
        });
        ChainSnapshot before = ChainSnapshot.Of(packet);
        int live = Arena.LiveMbufs;

        Assert.That(Cut(packet, isSegmented, queue), Is.EqualTo(Status.QueueFull));

        before.AssertUnchanged(packet);
        Assert.That((calls, queue.Count, queue.Drops), Is.EqualTo((1, room + 1, 0L)));
        Assert.That(Arena.LiveMbufs, Is.LessThan(live), "All that was taken went back, and what the callback released.");
        queue.Drain(mbufs);
        Assert.That((Cut(packet, isSegmented, queue), queue.Count), Is.EqualTo((Status.Done, Parts)));
        queue.Drain(mbufs);
    }

    [Test]
    public void A_queue_that_is_filled_to_what_leaves_room_takes_all_parts([Values] bool isSegmented)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Make(mbufs, isSegmented);
        MbufQueue queue = NewQueue(Parts + 1);
        Mbuf more = Detached();
        Hoard hoard = Hoard.OfEverything(mbufs);
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            using MbufScope own = Arena.Enter();
            hoard.Release(own);
            queue.TryEnqueue(own.Open(more));
        });

        Assert.That((Cut(packet, isSegmented, queue), queue.Count, queue.IsFull), Is.EqualTo((Status.Done, Parts + 1, true)));
        queue.Drain(mbufs);
    }

    private static Status Cut(MbufChain packet, bool isSegmented, MbufQueue queue)
        => isSegmented ? packet.SegmentInto(queue) : packet.FragmentInto(420, queue);

    /// <summary>A packet of four parts, whose first header has to be made private.</summary>
    private MbufChain Make(in MbufScope mbufs, bool isSegmented)
    {
        byte[] bytes = isSegmented ? OutputPacket.Udp.Unfinished(Pattern(1600)) : Packets.IPv4(Pattern(1600));
        MbufChain packet = Build(mbufs, bytes, Segment.Shared(500), Segment.Internal(100), Segment.Cluster(bytes.Length - 600));
        if (isSegmented)
        {
            packet.ChecksumFlags = MbufChecksumFlags.UdpSegmentation;
            packet.SegmentSize = 400;
        }

        return packet;
    }

    private Mbuf Detached()
    {
        using MbufScope mbufs = Arena.Enter();
        return Packet(mbufs, [1]).Detach();
    }
}
