using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>Whoever reads freed storage in checked mode sees it.</summary>
public sealed class PoisonTests() : MbufFixture(new ArenaKind(Headroom: 128, Checked: true))
{
    /// <summary>As docs/safety.md says it.</summary>
    private const byte Poison = 0xD9;

    public enum Ending
    {
        Free,
        Dispose,
        FreeInBulk,
        DrainOfItsQueue,
        FreeOfThePacketBefore,
        FreeOfTheLastShare,
    }

    [Test]
    public void Storage_is_poisoned_however_its_packet_ends(
        [Values] Ending ending,
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Page, SegmentKind.Jumbo16)] SegmentKind kind)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(100), new Segment(kind, 100));
        ReadOnlySpan<byte> stale = packet.FirstSpan;
        End(mbufs, packet, ending);

        Assert.That(stale.Length, Is.EqualTo(100));
        Assert.That(stale.IndexOfAnyExcept(Poison), Is.EqualTo(-1), "The first byte that is not poison.");
    }

    [Test]
    public void A_mbuf_that_is_trimmed_away_is_poisoned()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(200), Segment.Cluster(100), Segment.Cluster(100));
        MbufChain.SegmentEnumerator walk = packet.Segments.GetEnumerator();
        Assert.That(walk.MoveNext() && walk.MoveNext(), "There are two segments.");
        ReadOnlySpan<byte> last = walk.Current;
        packet.TrimEnd(100);

        Assert.That(last.IndexOfAnyExcept(Poison), Is.EqualTo(-1), "The first byte that is not poison.");
        ChainAssert.Holds(packet, Pattern(200).AsSpan(0, 100));
    }

    [Test]
    public void Storage_is_not_poisoned_while_a_packet_lives_on_under_another_claim()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(100), Segment.Cluster(100));
        ReadOnlySpan<byte> kept = packet.FirstSpan;
        using MbufChain again = mbufs.Open(packet.Detach());

        Assert.That(kept.SequenceEqual(Pattern(100)), "The bytes are those of the packet, whoever owns it.");
    }

    private void End(in MbufScope mbufs, MbufChain packet, Ending ending)
    {
        switch (ending)
        {
            case Ending.Free:
                packet.Free();
                break;
            case Ending.Dispose:
                packet.Dispose();
                break;
            case Ending.FreeInBulk:
                mbufs.Free([packet.Detach()]);
                break;
            case Ending.DrainOfItsQueue:
                var queue = new MbufQueue(Arena);
                Assert.That(queue.TryEnqueue(packet));
                queue.Drain(mbufs);
                break;
            case Ending.FreeOfThePacketBefore:
                MbufChain before = mbufs.AllocatePacket();
                before.Append(packet);
                before.Free();
                break;
            case Ending.FreeOfTheLastShare:
                MbufChain share = packet.Share();
                packet.Free();
                share.Free();
                break;
        }
    }
}
