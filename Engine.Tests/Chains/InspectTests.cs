using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class InspectTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Length_and_segment_count_are_those_of_all_mbufs()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Empty, Segment.Internal(100), Segment.EmptyCluster, Segment.Shared(200));
        using MbufChain empty = mbufs.AllocateMbuf();

        Assert.That((packet.Length, packet.SegmentCount, packet.IsEmpty), Is.EqualTo((300, 4, false)));
        Assert.That((empty.Length, empty.SegmentCount, empty.IsEmpty), Is.EqualTo((0, 1, true)));
    }

    [Test]
    public void The_packet_length_is_what_the_header_says()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));

        Assert.That(packet.IsSane(out _));
        packet.PacketLength = 11;
        Assert.That((packet.PacketLength, packet.Length), Is.EqualTo((11, 10)));
        Assert.That(packet.IsSane(out string? problem), Is.False);
        Assert.That(problem, Does.Contain("11").And.Contain("10"));
        packet.PacketLength = 0;
        Assert.That(packet.PacketLength, Is.Zero);
        packet.PacketLength = int.MaxValue;
        Assert.That(packet.PacketLength, Is.EqualTo(int.MaxValue));
    }

    [Test]
    public void The_packet_length_cannot_be_negative_or_set_without_a_header()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        using MbufChain chain = mbufs.AllocateMbuf();

        Expect.Throws<ArgumentOutOfRangeException>(packet, static c => c.PacketLength = -1);
        Assert.That(packet.PacketLength, Is.EqualTo(10));
        Expect.Throws<InvalidOperationException>(chain, static c => c.PacketLength = 1);
        Assert.That(chain.PacketLength, Is.Zero);
    }

    [Test]
    public void Flags_can_be_set_and_cleared_but_for_those_that_say_what_the_mbuf_is()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        using MbufChain plain = mbufs.AllocateMbuf();
        foreach (MbufFlags flag in Enum.GetValues<MbufFlags>().Where(static flag => flag is not (MbufFlags.External or MbufFlags.PacketHeader)))
        {
            packet.DangerousClearReadOnly();
            plain.DangerousClearReadOnly();
            packet.Flags = flag;
            plain.Flags = flag;
            Assert.That(packet.Flags, Is.EqualTo(flag | MbufFlags.External | MbufFlags.PacketHeader));
            Assert.That(plain.Flags, Is.EqualTo(flag));
        }

        packet.Flags = MbufFlags.None;
        plain.Flags = (MbufFlags)uint.MaxValue;
        Assert.That(packet.Flags, Is.EqualTo(MbufFlags.External | MbufFlags.PacketHeader));
        Assert.That(plain.Flags & (MbufFlags.External | MbufFlags.PacketHeader), Is.EqualTo(MbufFlags.None));
        Assert.That(plain.IsOwned, "No bit of the engine's own can be reached.");
        ChainAssert.Holds(plain, []);
    }

    [Test]
    public void Type_and_interface_are_whatever_was_set([Values] MbufType type)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.Type = type;
        packet.ReceiveInterface = ushort.MaxValue;

        Assert.That((packet.Type, packet.ReceiveInterface), Is.EqualTo((type, ushort.MaxValue)));
    }

    [Test]
    public void Headroom_and_tailroom_are_those_of_the_first_and_the_last_mbuf()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(150), Segment.Internal(100, lead: 30), Segment.Cluster(10), Segment.Internal(40, lead: 2));

        Assert.That((packet.Headroom, packet.Tailroom), Is.EqualTo((30, 150)));
        Assert.That(packet.TryPrepend(30, out _) && packet.TryAppend(Pattern(150)));
        Assert.That((packet.Headroom, packet.Tailroom, packet.SegmentCount), Is.EqualTo((0, 0, 3)));
    }

    [Test]
    public void Read_only_is_not_writable_and_has_no_room()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        packet.Flags |= MbufFlags.ReadOnly;

        Assert.That(packet.IsWritable, Is.False);
        Assert.That((packet.Headroom, packet.Tailroom), Is.EqualTo((0, 0)));
        Assert.That(packet.TryGetWritable(out Span<byte> span), Is.False);
        Assert.That(span.IsEmpty);
        packet.Flags &= ~MbufFlags.ReadOnly;
        packet.Flags = MbufFlags.Broadcast;
        Assert.That(packet.IsWritable, Is.False, "A read-only mark is not lost by assigning other flags.");
        packet.DangerousClearReadOnly();
        Assert.That(packet.IsWritable);
        Assert.That(packet.TryGetWritable(out span));
        Assert.That(span.Length, Is.EqualTo(10));
    }

    [Test]
    public void The_first_span_is_the_data_of_the_first_mbuf()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Internal(50));
        using MbufChain empty = Build(mbufs, bytes, Segment.Empty, Segment.Internal(150));

        Assert.That(packet.FirstSpan.SequenceEqual(bytes.AsSpan(0, 100)));
        Assert.That(empty.FirstSpan.IsEmpty);
        Assert.That(empty.TryGetWritable(out Span<byte> span));
        Assert.That(span.IsEmpty);
    }

    [Test]
    public void What_is_written_through_a_writable_view_is_in_the_chain()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        Pattern(100, seed: 2).CopyTo(span);

        ChainAssert.Holds(packet, Pattern(100, seed: 2));
    }

    [Test]
    public void A_chain_says_what_it_is()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(150), Segment.Internal(100), Segment.Internal(50));
        using MbufChain chain = BuildPlain(mbufs, Pattern(5), Segment.Internal(5));
        packet.PacketLength = 151;

        Assert.That(packet.ToString(), Is.EqualTo("packet of 150 bytes (header says 151) in 2 segments"));
        Assert.That(chain.ToString(), Is.EqualTo("chain of 5 bytes in 1 segment"));
        chain.Free();
        Assert.That(chain.ToString(), Is.EqualTo("chain that was freed or given away"));
        Assert.That(default(MbufChain).ToString(), Is.EqualTo("chain null"));
    }

    [Test]
    public void A_debugger_sees_the_bytes_of_every_segment()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(150);
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Empty, Segment.Internal(50));
        var view = new MbufChainDebugView(packet);
        packet.Free();
        var freed = new MbufChainDebugView(packet);

        Assert.That(view.Segments, Is.EqualTo(new[] { bytes[..100], bytes[100..] }));
        Assert.That(view.Summary, Does.Contain("150 bytes"));
        Assert.That(freed.Segments, Is.Empty);
    }
}
