using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>What runs in the middle of output, and has the queue: callbacks that make memory free, and free routines.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class OutputForeignCodeTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly MbufInterface s_plain = new("lo0");

    [Test]
    public void A_queue_that_is_drained_for_memory_gets_segments_with_right_checksums()
    {
        MbufArena arena = Arena;
        using MbufScope mbufs = arena.Enter();
        var output = new MbufQueue(arena);
        MbufChain packet = Large(mbufs, out _);
        for (int i = 0; i < 20; i++)
        {
            output.TryEnqueue(Packet(mbufs, Pattern(60)));
        }

        Hoard hoard = Hoard.OfEverything(mbufs);
        int drained = 0;
        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            using MbufScope own = arena.Enter();
            drained += output.Drain(own);
        });

        Assert.That(packet.OutputInto(s_plain, output), Is.EqualTo(MbufOffloadStatus.Done));

        Assert.That(drained, Is.EqualTo(20), "The callback came in the middle.");
        Assert.That(Accept(mbufs, output), Is.EqualTo(4));
        hoard.Release(mbufs);
    }

    [Test]
    public void A_free_routine_that_takes_the_segments_finds_them_complete([Values] bool throws)
    {
        MbufArena arena = Arena;
        var output = new MbufQueue(arena);
        using MbufScope mbufs = arena.Enter();
        int taken = 0;
        MbufChain payload = Large(mbufs, out byte[] bytes);
        using var attachment = new Attachment(40, throws)
        {
            OnRelease = () =>
            {
                using MbufScope own = arena.Enter();
                taken = Accept(own, output);
            },
        };
        bytes.AsSpan(0, 40).CopyTo(attachment.Bytes);
        MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly);
        payload.TrimStart(40);
        packet.AppendKeepingPacketLength(payload);
        packet.FixPacketLength();
        Request(packet);

        if (throws)
        {
            Expect.Throws<InvalidOperationException>(packet, one => one.OutputInto(s_plain, output));
        }
        else
        {
            Assert.That(packet.OutputInto(s_plain, output), Is.EqualTo(MbufOffloadStatus.Done));
        }

        Assert.That((taken, attachment.Calls, output.Count, packet.IsOwned), Is.EqualTo((4, 1, 0, false)));
    }

    [Test]
    public void A_queue_that_is_filled_for_memory_refuses_the_packet([Values(2000, 600)] int mtu)
    {
        MbufArena arena = Arena;
        using MbufScope mbufs = arena.Enter();
        byte[] bytes = OutputPacket.Tcp.Unfinished(Pattern(1000));
        using MbufChain packet = Build(mbufs, bytes, Segment.Shared(bytes.Length));
        OutputPacket.Tcp.Request(packet);
        var output = new MbufQueue(arena, limit: mtu > bytes.Length ? 1 : 2);
        Mbuf more = Packet(mbufs, [1]).Detach();
        Hoard hoard = Hoard.OfEverything(mbufs);
        int calls = 0;
        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            using MbufScope own = arena.Enter();
            hoard.Release(own);
            calls++;
            output.TryEnqueue(own.Open(more));
        });

        Assert.That(packet.OutputInto(new MbufInterface("lo0", mtu: mtu), output), Is.EqualTo(MbufOffloadStatus.QueueFull));

        ChainAssert.Holds(packet, bytes);
        Assert.That((packet.ChecksumFlags, packet.ChecksumData), Is.EqualTo((OutputPacket.Tcp.Flags, OutputPacket.Tcp.Field)));
        Assert.That((calls, output.Count, output.Drops), Is.EqualTo((1, 1, 0L)));
        output.Drain(mbufs);
        FreePartners(mbufs);
    }

    [Test]
    public void A_free_routine_that_throws_or_fills_the_queue_comes_when_the_packet_is_there([Values(2000, 600)] int mtu, [Values] bool throws)
    {
        MbufArena arena = Arena;
        using MbufScope mbufs = arena.Enter();
        var output = new MbufQueue(arena, limit: mtu == 2000 ? 1 : 2);
        byte[] bytes = OutputPacket.Tcp.Unfinished(Pattern(1000));
        int taken = 0;
        using var attachment = new Attachment(40, throws)
        {
            OnRelease = () =>
            {
                using MbufScope own = arena.Enter();
                using MbufChain more = own.AllocatePacket();
                taken = output.TryEnqueue(more) ? -1 : output.Count;
            },
        };
        bytes.AsSpan(0, 40).CopyTo(attachment.Bytes);
        MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly);
        packet.AppendKeepingPacketLength(Build(mbufs, bytes[40..], Segment.Cluster(bytes.Length - 40)));
        packet.FixPacketLength();
        OutputPacket.Tcp.Request(packet);
        var outgoing = new MbufInterface("lo0", mtu: mtu);

        if (throws)
        {
            Expect.Throws<InvalidOperationException>(packet, one => one.OutputInto(outgoing, output));
        }
        else
        {
            Assert.That(packet.OutputInto(outgoing, output), Is.EqualTo(MbufOffloadStatus.Done));
        }

        Assert.That((taken, attachment.Calls, output.Count, packet.IsOwned), Is.EqualTo((output.Limit, 1, output.Limit, false)));
        output.Drain(mbufs);
    }

    private static MbufChain Large(in MbufScope mbufs, out byte[] bytes)
    {
        bytes = OutputPacket.Tcp.Unfinished(Pattern(5000));
        MbufChain packet = mbufs.AllocatePacketFrom(bytes, headroom: 64, receiveInterface: 0);
        Request(packet);
        return packet;
    }

    private static void Request(MbufChain packet)
    {
        OutputPacket.Tcp.Request(packet);
        packet.ChecksumFlags |= MbufChecksumFlags.TcpSegmentation;
        packet.SegmentSize = 1400;
    }

    /// <summary>Takes all segments, of which nothing is left to be done.</summary>
    private static int Accept(in MbufScope mbufs, MbufQueue output)
    {
        int count = 0;
        while (output.TryDequeue(mbufs, out MbufChain segment))
        {
            using MbufChain owned = segment;
            Assert.That(owned.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.None));
            MbufChecksumReport report = owned.InspectChecksums();
            Assert.That((report.Network, report.Transport), Is.EqualTo((MbufChecksumVerdict.Valid, MbufChecksumVerdict.Valid)));
            count++;
        }

        return count;
    }
}
