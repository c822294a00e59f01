using NUnit.Framework;

namespace Engine.Mbufs.Tests;

[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class ReceiveTests(SocketForm form, Transport transport, ArenaKind kind) : SocketFixture(form, transport, kind)
{
    [Test]
    public void A_receive_into_tailroom_takes_no_mbuf()
    {
        byte[] bytes = Pattern(1000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes.AsSpan(0, 300));
        Hoard hoard = Hoard.OfEverything(mbufs);
        Pair.Deliver(bytes.AsSpan(300));

        Moved(Receive(chain, 700), 700, 700);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 1000 }));
        hoard.Release(mbufs);
    }

    [Test]
    public void A_receive_fills_the_tailroom_and_goes_on_in_fresh_clusters()
    {
        byte[] bytes = Pattern(6100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes.AsSpan(0, 1900));
        Pair.Deliver(bytes.AsSpan(1900));

        Moved(Receive(chain, 4200), 4200, 4200);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 2048, 2048, 2004 }));
        Assert.That(ChainAssert.Kinds(chain), Is.All.EqualTo(ZoneId.Cluster));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(3));
    }

    [Test]
    public void The_end_of_a_large_receive_goes_into_a_plain_mbuf_if_it_fits_there()
    {
        byte[] bytes = Pattern(2048 + MbufSizes.InternalSize);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(bytes);

        Moved(Receive(chain, bytes.Length), bytes.Length, bytes.Length);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Kinds(chain), Is.EqualTo(new[] { ZoneId.Cluster, ZoneId.Mbuf }));
    }

    [TestCase(1)]
    [TestCase(2047)]
    [TestCase(2048)]
    [TestCase(2049)]
    [TestCase(4095)]
    [TestCase(4096)]
    [TestCase(4097)]
    public void A_receive_of_exactly_what_is_there_holds_it_at_every_boundary(int length)
    {
        byte[] bytes = Pattern(length);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(bytes);

        Moved(Receive(chain, length), length, length);

        ChainAssert.Holds(chain, bytes);
        Assert.That(Arena.LiveMbufs, Is.EqualTo((length + 2047) / 2048));
        Assert.That(Pair.Near.Available, Is.Zero);
    }

    [Test]
    public void A_receive_of_one_byte_leaves_the_others_in_the_socket()
    {
        byte[] bytes = Pattern(10);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        Pair.Deliver(bytes);

        for (int count = 1; count <= bytes.Length; count++)
        {
            Moved(Receive(chain, 1), 1, 1);
            ChainAssert.Holds(chain, bytes.AsSpan(0, count));
            Assert.That(Pair.Near.Available, Is.EqualTo(bytes.Length - count));
        }
    }

    [Test]
    public void What_a_short_receive_did_not_fill_goes_back_to_the_arena()
    {
        byte[] bytes = Pattern(2500);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(bytes);

        Moved(Receive(chain, 20_000), 2500, 20_000);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 2048, 452 }));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(2));
    }

    [Test]
    public void A_short_receive_that_ends_in_the_tailroom_keeps_no_fresh_mbuf()
    {
        byte[] bytes = Pattern(2048);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(bytes);

        Moved(Receive(chain, 20_000), 2048, 20_000);

        ChainAssert.Holds(chain, bytes);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1));
    }

    [Test]
    public void A_chain_without_packet_header_receives_without_one()
    {
        byte[] bytes = Pattern(500);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();
        Pair.Deliver(bytes);

        Moved(Receive(chain, 500), 500, 500);

        ChainAssert.Holds(chain, bytes);
        Assert.That(chain.HasPacketHeader, Is.False);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 192, 308 }));
    }

    [Test]
    public void Empty_mbufs_before_the_tail_stay_and_an_empty_tail_is_filled()
    {
        byte[] bytes = Pattern(310);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..10], Segment.Internal(10), Segment.Empty, Segment.EmptyCluster);
        Pair.Deliver(bytes.AsSpan(10));

        Moved(Receive(chain, 300), 300, 300);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 10, 0, 300 }));
    }

    [Test]
    public void An_empty_packet_keeps_its_headroom()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Pair.Deliver(Pattern(100));

        Moved(Receive(chain, 100), 100, 100);

        Assert.That(chain.Headroom, Is.EqualTo(Kind.Headroom));
    }

    [Test]
    public void Room_that_was_allocated_in_advance_is_filled_in_order_and_what_is_not_needed_stays()
    {
        byte[] bytes = Pattern(2500);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket(6000);
        Hoard hoard = Hoard.OfEverything(mbufs);
        Pair.Deliver(bytes);

        Moved(Receive(chain, 2000), 2000, 2000);
        Moved(Receive(chain, 4000), 500, 4000);

        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 2048, 452, 0 }));
        hoard.Release(mbufs);
    }

    [TestCase(2100)]
    [TestCase(5000)]
    [TestCase(6000)]
    public void Room_that_was_allocated_in_advance_is_filled_to_its_last_byte(int length)
    {
        byte[] bytes = Pattern(length + 1000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket(length);
        int room = chain.Tailroom;
        Pair.Deliver(bytes);

        Moved(Receive(chain, room), Math.Min(room, bytes.Length), room);
        while (chain.Length < bytes.Length)
        {
            Assert.That(Receive(chain, bytes.Length - chain.Length).Status, Is.EqualTo(MbufSocketStatus.Transferred));
        }

        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void The_room_of_one_call_ends_at_1024_pieces([Values(100_000_000, int.MaxValue)] int length)
    {
        byte[] bytes = Pattern(50_000);
        MbufArena arena = NewArena(mbufs: 1100, clusters: 1100);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes.AsSpan(0, 48));
        Pair.Deliver(bytes.AsSpan(48));

        Moved(Receive(chain, length), bytes.Length - 48, 2000 + (1023 * 2048));

        ChainAssert.Holds(chain, bytes);
        Assert.That(arena.LiveMbufs, Is.EqualTo((bytes.Length + 2047) / 2048));
    }
}
