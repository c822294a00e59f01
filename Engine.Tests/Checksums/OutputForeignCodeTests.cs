using NUnit.Framework;

namespace Engine.Mbufs.Tests.Checksums;

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
        packet.Concatenate(payload);
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

    private static MbufChain Large(in MbufScope mbufs, out byte[] bytes)
    {
        bytes = OutputPacket.Tcp.Unfinished(Pattern(5000));
        MbufChain packet = mbufs.AllocateFrom(bytes, headroom: 64, receiveInterface: 0);
        Request(packet);
        return packet;
    }

    private static void Request(MbufChain packet)
    {
        OutputPacket.Tcp.Request(packet);
        packet.ChecksumFlags |= MbufChecksumFlags.Segmentation;
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
