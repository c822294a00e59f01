using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FreeFirstTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Internal(10), Segment.Empty, Segment.Shared(15), Segment.EmptyCluster, Segment.Jumbo(MbufClusterSize.Page, 20),
        Segment.ReadOnly(5), Segment.Cluster(1), Segment.Internal(19, lead: 30),
    ];

    [Test]
    public void Mbuf_by_mbuf_the_rest_is_a_sane_chain_without_header_until_nothing_is_left()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(70);
        MbufChain chain = Build(mbufs, bytes, s_layout);
        int live = Arena.LiveMbufs;
        int offset = 0;
        for (int freed = 1; freed <= s_layout.Length; freed++)
        {
            MbufChain old = chain;
            old.FreeFirstSegment(out chain);

            Assert.That(old.IsOwned, Is.False);
            Assert.That(Arena.LiveMbufs, Is.EqualTo(live - freed));
            offset += s_layout[freed - 1].Length;
            if (!chain.IsNull)
            {
                ChainAssert.Holds(chain, bytes.AsSpan(offset));
                Assert.That(chain.HasPacketHeader, Is.False);
                Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(s_layout[freed..].Select(static left => left.Length)));
            }
        }

        Assert.That(chain.IsNull, "Behind the last mbuf there is nothing.");
    }

    [Test]
    public void The_rest_can_grow_at_both_ends([Range(1, 7)] int freed)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(70);
        MbufChain chain = Build(mbufs, bytes, s_layout);
        for (int i = 0; i < freed; i++)
        {
            chain.FreeFirstSegment(out chain);
        }

        int offset = s_layout[..freed].Sum(static segment => segment.Length);
        Assert.That(chain.TryAppend(Pattern(100, seed: 2)) && chain.TryPrepend([1, 2]) && chain.TryAppend([3]));
        ChainAssert.Holds(chain, [1, 2, .. bytes.AsSpan(offset), .. Pattern(100, seed: 2), 3]);
        chain.Free();
    }

    [Test]
    public void The_header_dies_with_the_first_mbuf_with_its_fields_and_tags()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(30), Segment.Cluster(10), Segment.Cluster(20));
        packet.ReceiveInterface = 3;
        packet.FlowId = 7;
        packet.VlanTag = 9;
        packet.Flags = MbufFlags.Broadcast | MbufFlags.VlanTag;
        packet.PrependTag(mbufs.AllocateTag(1, 2, 300));

        packet.FreeFirstSegment(out MbufChain rest);
        Assert.That(rest.HasPacketHeader, Is.False);
        Assert.That(rest.PacketLength + rest.ReceiveInterface + rest.FlowId + rest.VlanTag, Is.Zero);
        Assert.That(rest.Flags, Is.EqualTo(MbufFlags.External));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(1), "The tags are gone.");
        rest.Free();
    }

    [Test]
    public void Of_a_packet_that_was_appended_no_field_comes_back()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain first = Packet(mbufs, Pattern(10));
        MbufChain second = Packet(mbufs, Pattern(20));
        second.ReceiveInterface = 3;
        second.ChecksumData = 4;
        second.FlowId = 5;
        first.Append(second);

        first.FreeFirstSegment(out MbufChain rest);
        Assert.That(rest.PacketLength + rest.ReceiveInterface + rest.ChecksumData + rest.FlowId, Is.Zero);
        Assert.That(second.IsOwned, Is.False, "The rest is a new claim.");
        ChainAssert.Holds(rest, Pattern(20));
        rest.Free();
    }

    [Test]
    public void Storage_that_was_shared_with_the_first_mbuf_is_writable_again()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(30), Segment.Cluster(10), Segment.Cluster(20));
        MbufChain share = packet.Share();

        packet.FreeFirstSegment(out MbufChain rest);
        Assert.That(share.IsWritable && !rest.IsWritable);
        share.FreeFirstSegment(out MbufChain other);
        other.Free();
        Assert.That(rest.IsWritable);
        rest.Free();
    }

    [Test]
    public void Room_taken_in_advance_stays_room()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = mbufs.AllocatePacket(2 * 2048);
        Assert.That(chain.SegmentCount, Is.EqualTo(2));

        chain.FreeFirstSegment(out MbufChain rest);
        Assert.That(rest.Tailroom, Is.EqualTo(2048));
        Assert.That(rest.VerifiedHead().Flags & HeaderFlags.Spare, Is.Zero, "The only mbuf is not looked past.");
        Assert.That(rest.TryAppend(Pattern(2048)));
        ChainAssert.Holds(rest, Pattern(2048));
        Assert.That(rest.SegmentCount, Is.EqualTo(1));
        rest.Free();
    }

    [Test]
    public unsafe void The_rest_is_there_even_if_a_routine_throws()
    {
        using MbufScope mbufs = Arena.Enter();
        fixed (byte* memory = new byte[10])
        {
            MbufChain chain = mbufs.AllocatePacketWithoutCluster();
            var storage = new MbufExternalStorage
            {
                Address = memory,
                Size = 10,
                Type = MbufExternalType.Disposable,
                Routine = &Throw,
            };
            Assert.That(chain.DangerousTryAttachExternal(storage, 10));
            chain.Append(Packet(mbufs, Pattern(20)));
            MbufChain rest = chain;
            string? thrown = null;
            try
            {
                chain.FreeFirstSegment(out rest);
            }
            catch (NotSupportedException exception)
            {
                thrown = exception.Message;
            }

            Assert.That(thrown, Is.EqualTo(nameof(Throw)));
            ChainAssert.Holds(rest, Pattern(20));
            rest.Free();
        }
    }

    [Test]
    public void It_is_as_strict_as_free()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = Build(mbufs, Pattern(30), Segment.Internal(10), Segment.Cluster(20));
        chain.FreeFirstSegment(out MbufChain rest);

        Expect.Throws<MbufDoubleFreeException>(chain, static stale => stale.FreeFirstSegment(out _));
        Expect.Throws<NullReferenceException>(default, static none => none.FreeFirstSegment(out _));
        ChainAssert.Holds(rest, Pattern(30).AsSpan(10));
        Mbuf handle = rest.Detach();
        Expect.Throws<MbufDoubleFreeException>(rest, static stale => stale.FreeFirstSegment(out _));
        mbufs.Open(handle).FreeFirstSegment(out MbufChain nothing);
        Assert.That(nothing.IsNull);
    }

    [Test]
    public void In_a_closed_scope_it_throws()
    {
        MbufScope closed = Arena.Enter();
        MbufChain chain = Build(closed, Pattern(30), Segment.Internal(10), Segment.Cluster(20));
        Mbuf handle = HandleOf(chain);
        closed.Dispose();

        Expect.Throws<ObjectDisposedException>(chain, static stale => stale.FreeFirstSegment(out _));
        using MbufScope mbufs = Arena.Enter();
        using MbufChain whole = mbufs.Open(handle);
        ChainAssert.Holds(whole, Pattern(30));
    }

    private static void Throw(nint first, nint second) => throw new NotSupportedException(nameof(Throw));
}
