using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>A chain without data uses the storage that it has, whichever side of the data position it lies on, before it asks for more.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class EmptiedTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly (string Name, Func<MbufChain, byte[], bool> Append)[] s_verbs =
    [
        ("TryAppend", static (chain, bytes) => chain.TryAppend(bytes)),
        ("TryAppend", static (chain, bytes) => Extend(chain, bytes)),
        ("TryCopyFrom", static (chain, bytes) => chain.TryCopyFrom(0, bytes)),
        ("TryCopyFrom behind a gap", static (chain, bytes) => CopyBackBehindGap(chain, bytes)),
        ("writer", static (chain, bytes) => chain.GetWriter().TryWrite(bytes)),
        ("receive", static (chain, bytes) => Receive(chain, bytes)),
    ];

    [Test]
    public void The_only_mbuf_takes_as_much_as_its_storage_holds(
        [Range(0, 5)] int verb, [Values(0, 1, 2, 3)] int storage, [Values(1, 100, 192, 2048, 4096)] int length, [Values] bool fill)
    {
        MbufArena arena = NewArena(mbufs: 1, clusters: 1, pages: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = Start(mbufs, storage);
        int capacity = packet.Cache.Hot.Memory.CapacityOf(ref packet.VerifiedHead());
        length = fill ? capacity : Math.Min(length, capacity);
        Assert.That(packet.TryAppend(new byte[packet.Tailroom]));
        packet.TrimStart(packet.Length);
        Assert.That(packet.Tailroom, Is.Zero);

        byte[] bytes = Pattern(length);
        Assert.That(s_verbs[verb].Append(packet, bytes), s_verbs[verb].Name);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.SegmentCount, Is.EqualTo(1));
        int usual = storage == 1 || storage == 2 ? Kind.Headroom : 0;
        Assert.That(packet.Headroom, Is.EqualTo(Math.Min(usual, capacity - length)), "Where a fresh one's data would be.");
    }

    [Test]
    public void Headroom_that_was_made_is_kept_while_the_room_behind_is_enough([Range(0, 5)] int verb)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[2000]);
        packet.TrimStart(2000);
        int headroom = packet.Headroom;

        Assert.That(s_verbs[verb].Append(packet, Pattern(48)));
        Assert.That((packet.Headroom, packet.SegmentCount), Is.EqualTo((headroom, 1)));
        ChainAssert.Holds(packet, Pattern(48));
    }

    [Test]
    public void More_than_its_storage_holds_fills_it_as_a_fresh_packet([Values(0, 2, 4, 5)] int verb)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[2048]);
        packet.TrimStart(2048);
        byte[] bytes = Pattern(8000);

        Assert.That(s_verbs[verb].Append(packet, bytes));
        ChainAssert.Holds(packet, bytes);
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { 2048, 2048, 2048, 1856 }));
        Assert.That(packet.Headroom, Is.EqualTo(Kind.Headroom));
    }

    [Test]
    public void The_usual_headroom_of_a_fresh_one_stays([Range(0, 5)] int verb)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();

        Assert.That(s_verbs[verb].Append(packet, Pattern(2049)));
        Assert.That(packet.Headroom, Is.EqualTo(verb == 1 ? packet.Headroom : Kind.Headroom));
        ChainAssert.Holds(packet, Pattern(2049));
    }

    [Test]
    public void Spare_mbufs_behind_an_emptied_one_and_it_are_filled_before_others_are_taken([Values(0, 2, 4, 5)] int verb)
    {
        MbufArena arena = NewArena(mbufs: 3, clusters: 3);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[2048]);
        packet.TrimStart(2048);
        Assert.That(packet.TryAddRoom(2 * 2048));
        byte[] bytes = Pattern(3 * 2048);

        Assert.That(s_verbs[verb].Append(packet, bytes), s_verbs[verb].Name);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.SegmentCount, Is.EqualTo(3));
    }

    [Test]
    public void An_emptied_mbuf_at_the_end_of_a_chain_is_used_as_well([Values(0, 1, 4, 5)] int verb)
    {
        MbufArena arena = NewArena(mbufs: 2, clusters: 2);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2048));
        using (MbufChain last = mbufs.AllocateMbufWithCluster())
        {
            Assert.That(last.TryAppend(new byte[2048]));
            last.TrimStart(2048);
            packet.Append(last);
        }

        Assert.That(verb == 4 ? WriteAtEnd(packet, Pattern(1000, seed: 2)) : s_verbs[verb].Append(packet, Pattern(1000, seed: 2)));
        ChainAssert.Holds(packet, [.. Pattern(2048), .. Pattern(1000, seed: 2)]);
    }

    [Test]
    public void An_exhausted_arena_leaves_the_headroom_where_it_was([Values(0, 2, 4)] int verb)
    {
        MbufArena arena = NewArena(mbufs: 3, clusters: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[2048]);
        packet.TrimStart(2048);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(s_verbs[verb].Append(packet, Pattern(8000)), Is.False);
        before.AssertUnchanged(packet);
    }

    [Test]
    public void Receiving_nothing_leaves_the_headroom_where_it_was()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[2048]);
        packet.TrimStart(2048);
        int headroom = packet.Headroom;

        Assert.That(packet.TryReserveRoom(5000, out MbufRoom room));
        Assert.That(room.Length, Is.EqualTo(5000));
        room.Commit(0);
        Assert.That((packet.Headroom, packet.Length, packet.SegmentCount), Is.EqualTo((headroom, 0, 1)));
        Assert.That(packet.IsSane(out string? problem), problem);
    }

    [Test]
    public void What_others_share_or_is_read_only_is_not_used([Values] bool shared)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2048));
        using MbufChain share = shared ? packet.Share() : default;
        packet.Flags |= shared ? MbufFlags.None : MbufFlags.ReadOnly;
        packet.TrimStart(2048);

        Assert.That(packet.TryAppend([1]));
        Assert.That(packet.SegmentCount, Is.EqualTo(2));
        Assert.That(packet.TryPrepend([2]));
        ChainAssert.Holds(packet, [2, 1]);
        if (shared)
        {
            ChainAssert.Holds(share, Pattern(2048));
        }
    }

    [Test]
    public void Storage_that_the_caller_counts_is_used_while_nobody_else_holds_it()
    {
        using var attachment = new Attachment(1000);
        attachment.Counter = 1;
        MbufArena arena = NewArena(mbufs: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(attachment.Describe(MbufExternalType.CallerCounted), 1000));
        packet.TrimStart(1000);

        attachment.Counter = 2;
        Assert.That(packet.TryAppend([1]), Is.False);
        attachment.Counter = 1;
        Assert.That(packet.TryAppend(Pattern(1000)));
        ChainAssert.Holds(packet, Pattern(1000));
    }

    [Test]
    public void Prepending_to_an_empty_one_needs_no_other_mbuf(
        [Values(0, 1, 2, 3)] int storage, [Values(1, 20, 128, 192, 2048, 4096)] int length, [Values] bool emptied)
    {
        MbufArena arena = NewArena(mbufs: 1, clusters: 1, pages: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = Start(mbufs, storage);
        int capacity = packet.Cache.Hot.Memory.CapacityOf(ref packet.VerifiedHead());
        length = Math.Min(length, capacity);
        if (emptied)
        {
            Assert.That(packet.TryAppend(new byte[packet.Tailroom]));
            packet.TrimEnd(packet.Length);
        }

        bool fits = packet.Headroom >= length;
        int before = packet.Headroom - length;
        Assert.That(packet.TryPrepend(Pattern(length)));
        ChainAssert.Holds(packet, Pattern(length));
        Assert.That((packet.SegmentCount, packet.Headroom), Is.EqualTo((1, fits ? before : Math.Min(Kind.Headroom, capacity - length))));
    }

    [Test]
    public void Prepending_to_an_empty_head_before_others_leaves_all_its_room_before_the_bytes()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(100), Segment.Empty, Segment.Cluster(100));

        Assert.That(packet.TryPrepend(Pattern(20, seed: 2)));
        Assert.That((packet.SegmentCount, packet.Headroom), Is.EqualTo((2, 192 - 20)));
        ChainAssert.Holds(packet, [.. Pattern(20, seed: 2), .. Pattern(100)]);
    }

    private MbufChain Start(in MbufScope mbufs, int storage)
    {
        MbufChain packet = storage switch
        {
            1 => mbufs.AllocatePacket(),
            2 => mbufs.AllocatePacket(MbufClusterSize.Page),
            _ => mbufs.AllocatePacketWithoutCluster(),
        };
        Assert.That(storage != 3 || packet.TryAttachExternal((Memory<byte>)new byte[3000], 0));
        return packet;
    }

    private static bool Extend(MbufChain chain, byte[] bytes)
    {
        bool done = chain.TryAppend(bytes.Length, out Span<byte> room);
        bytes.AsSpan(0, room.Length).CopyTo(room);
        return done;
    }

    private static bool CopyBackBehindGap(MbufChain chain, byte[] bytes)
        => chain.TryCopyFrom(bytes.Length - 1, bytes.AsSpan(bytes.Length - 1)) && chain.TryCopyFrom(0, bytes);

    private static bool WriteAtEnd(MbufChain chain, byte[] bytes)
    {
        MbufWriter writer = chain.GetWriter();
        return writer.TrySeek(chain.Length) && writer.TryWrite(bytes);
    }

    private static bool Receive(MbufChain chain, byte[] bytes)
    {
        if (!chain.TryReserveRoom(bytes.Length, out MbufRoom room))
        {
            return false;
        }

        int place = 0;
        foreach (Span<byte> piece in room)
        {
            bytes.AsSpan(place, piece.Length).CopyTo(piece);
            place += piece.Length;
        }

        room.Commit(place);
        return place == bytes.Length;
    }
}
