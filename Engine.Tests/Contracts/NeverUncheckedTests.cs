using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>
/// docs/safety.md, "Never": what only checked mode sees, in an arena without it. What the slower of two threads finds, which compared
/// before the faster one wrote, is put where that thread would find it.
/// </summary>
[Category("Contracts")]
public sealed class NeverUncheckedTests : MbufFixture
{
    private const int Length = 100;
    private const byte Written = 0xA5;

    [Test]
    public void A_span_of_a_freed_packet_writes_into_the_next_one()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(Length));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        packet.Free();
        using MbufChain next = Packet(mbufs, new byte[Length]);
        span.Fill(Written);

        Assert.That(next.FirstSpan.IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    [Test]
    public void A_span_of_a_segment_that_was_trimmed_off_writes_into_another_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(2 * Length), Segment.Cluster(Length), Segment.Cluster(Length));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        packet.TrimStart(Length);
        using MbufChain next = Packet(mbufs, new byte[Length]);
        span.Fill(Written);

        Assert.That(next.FirstSpan.IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    [Test]
    public void A_span_of_a_segment_that_was_pulled_up_reads_another_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(2 * Length), Segment.Cluster(Length), Segment.Cluster(Length));
        ReadOnlySpan<byte> last = packet.FirstSpan;
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            last = segment;
        }

        Assert.That(packet.TryPullUp(2 * Length, out _));
        byte[] bytes = Pattern(Length, seed: 2);
        using MbufChain next = Packet(mbufs, bytes);

        Assert.That(last.SequenceEqual(bytes));
    }

    [Test]
    public void Storage_shows_what_the_last_packet_left_in_it()
    {
        using MbufScope mbufs = Arena.Enter();
        Packet(mbufs, Pattern(Length)).Free();
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(Length, out Span<byte> room));

        Assert.That(room.SequenceEqual(Pattern(Length)));
    }

    [Test]
    public void Two_threads_that_open_one_handle_at_once_both_own_the_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf handle = Packet(mbufs, Pattern(Length)).Detach();
        using MbufChain first = mbufs.Open(handle);
        HeaderOf(first).Generation = handle.Generation;
        using MbufChain second = mbufs.Open(handle);
        Assert.That(first.IsOwned && second.IsOwned);
        first.TrimStart(10);

        ChainAssert.Holds(second, Pattern(Length).AsSpan(10));
    }

    [Test]
    public void Two_threads_that_free_one_handle_at_once_make_two_packets_of_one_mbuf()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        using (MbufScope mbufs = arena.Enter())
        {
            Mbuf handle = Packet(mbufs, Pattern(Length)).Detach();
            mbufs.Free([handle]);
            arena.Memory.Header(handle.Slot - arena.FirstSlot).Generation = handle.Generation;
            mbufs.Free([handle]);
        }

        Assert.That(arena.Audit().IsConsistent, Is.False);
        using (MbufScope mbufs = arena.Enter())
        {
            MbufChain first = mbufs.AllocatePacket();
            MbufChain second = mbufs.AllocatePacket();

            Assert.That(first.IsOwned && second.IsOwned && first.Index == second.Index);
        }

        arena.Dispose();
    }

    private static ref MbufHeader HeaderOf(MbufChain chain) => ref chain.Cache.Hot.Memory.Header(chain.Index);
}
