using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class StateTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_handle_is_live_until_it_is_opened_and_then_its_mbuf_is_in_other_hands()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf handle = Packet(mbufs, Pattern(10)).Detach();

        Assert.That(Arena.StateOf(handle), Is.EqualTo(MbufState.Live));
        using (MbufChain packet = mbufs.Open(handle))
        {
            Assert.That(Arena.StateOf(handle), Is.EqualTo(MbufState.Reused), "By the same packet, under a newer claim.");
            Mbuf second = packet.Detach();
            Assert.That((Arena.StateOf(handle), Arena.StateOf(second)), Is.EqualTo((MbufState.Reused, MbufState.Live)));
            mbufs.Open(second).Free();
            Assert.That((Arena.StateOf(handle), Arena.StateOf(second)), Is.EqualTo((MbufState.Free, MbufState.Free)));
        }
    }

    [Test]
    public void A_freed_mbuf_that_serves_another_packet_is_reused()
    {
        MbufArena arena = NewArena(mbufs: 1);
        using MbufScope mbufs = arena.Enter();
        Mbuf handle = mbufs.AllocateMbuf().Detach();
        mbufs.Free([handle]);

        Assert.That(arena.StateOf(handle), Is.EqualTo(MbufState.Free));
        using MbufChain next = mbufs.AllocateMbuf();
        Assert.That(arena.StateOf(handle), Is.EqualTo(MbufState.Reused));
    }

    /// <summary>A header does not tell whether a pair is free: the hand, both magazines, the depot and quarantine do.</summary>
    [Test]
    public void Wherever_a_free_pair_lies_it_is_free_and_handed_out_it_is_reused_before_it_is_touched()
    {
        MbufArena arena = NewArena(mbufs: 512, clusters: 512);
        var packets = new Mbuf[300];
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.TryAllocatePackets(packets));
            foreach (Mbuf packet in packets)
            {
                mbufs.Open(packet).Free();
            }

            Assert.That(packets.Select(arena.StateOf), Is.All.EqualTo(MbufState.Free), "In the hand, the magazines, the depot.");
            arena.Flush(mbufs.Cache);
            Assert.That(packets.Select(arena.StateOf), Is.All.EqualTo(MbufState.Free), "In the depot, some of them loose.");
        }

        using MbufScope next = arena.Enter();
        var others = new Mbuf[512];
        Assert.That(next.TryAllocatePackets(others));
        Assert.That(packets.Select(arena.StateOf), Is.All.EqualTo(MbufState.Reused));
        Assert.That(others.Select(arena.StateOf), Is.All.EqualTo(MbufState.Live));
        next.Free(others);
    }

    [Test]
    public void A_packet_that_was_appended_or_enqueued_is_in_other_hands()
    {
        var queue = new MbufQueue(Arena);
        using MbufScope mbufs = Arena.Enter();
        Mbuf appended = Packet(mbufs, Pattern(1)).Detach();
        Mbuf enqueued = mbufs.AllocateMbuf().Detach();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Append(mbufs.Open(appended));
        Assert.That(queue.TryEnqueue(mbufs.Open(enqueued)));

        Assert.That((Arena.StateOf(appended), Arena.StateOf(enqueued)), Is.EqualTo((MbufState.Reused, MbufState.Reused)));
        queue.Drain(mbufs);
        Assert.That(Arena.StateOf(enqueued), Is.EqualTo(MbufState.Free));
    }

    [Test]
    public void Null_and_foreign_handles_are_told_apart()
    {
        MbufArena other = NewArena(mbufs: 1);
        using MbufScope mbufs = other.Enter();
        Mbuf foreign = mbufs.AllocateMbuf().Detach();

        Assert.That(Arena.StateOf(default), Is.EqualTo(MbufState.Null));
        Assert.That(Arena.StateOf(foreign), Is.EqualTo(MbufState.Foreign));
        Assert.That(other.StateOf(foreign), Is.EqualTo(MbufState.Live));
        mbufs.Free([foreign]);
    }
}
