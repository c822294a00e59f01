using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>What happens between the moment that room is reserved and the moment that its bytes are committed.</summary>
public sealed class MbufRoomTests : MbufFixture
{
    [Test]
    public void Room_stays_what_it_was_when_another_thread_frees_the_partner_of_a_shared_tail_meanwhile()
    {
        byte[] bytes = Pattern(100 + 2048 + 150);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..100], Segment.Shared(100));
        Assert.That(chain.TryReserveRoom(2048 + 150, out MbufRoom room));
        Assert.That(room.PieceCount, Is.EqualTo(2));

        FreePartners(mbufs);
        int filled = 100;
        int pieces = 0;
        foreach (Span<byte> piece in room)
        {
            bytes.AsSpan(filled, piece.Length).CopyTo(piece);
            filled += piece.Length;
            pieces++;
        }

        room.Commit(filled - 100);
        Assert.That(pieces, Is.EqualTo(2));
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 100, 2048, 150 }));
    }

    [Test]
    public void Room_is_not_taken_in_storage_whose_caller_may_count_at_any_time()
    {
        byte[] bytes = Pattern(10);
        using var memory = new Attachment(100);
        memory.Counter = 1;
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        Assert.That(chain.DangerousTryAttachExternal(memory.Describe(MbufExternalType.CallerCounted), 0));
        Assert.That(chain.TryReserveRoom(bytes.Length, out MbufRoom room));

        foreach (Span<byte> piece in room)
        {
            bytes.CopyTo(piece);
        }

        room.Commit(bytes.Length);
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 0, 10 }));
    }

    [Test]
    public void What_is_committed_is_data_and_what_was_not_filled_goes_back(
        [Values(0, 1, 150, 2000, 2148, 4195, 4196, 9000)] int count, [Values] bool isPlain)
    {
        byte[] bytes = Pattern(100 + 9000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = isPlain ? BuildPlain(mbufs, bytes[..100], Segment.Cluster(100)) : Build(mbufs, bytes[..100], Segment.Cluster(100));
        int tailroom = chain.Tailroom;
        ChainSnapshot before = ChainSnapshot.Of(chain);
        Assert.That(chain.TryReserveRoom(9000, out MbufRoom room));
        Assert.That((room.Length, room.PieceCount), Is.EqualTo((9000, 1 + ((9000 - tailroom + 2047) / 2048))));
        ChainAssert.Holds(chain, bytes.AsSpan(0, 100));

        Fill(room, bytes.AsSpan(100));
        room.Commit(count);
        ChainAssert.Holds(chain, bytes.AsSpan(0, 100 + count));
        Assert.That(chain.SegmentCount, Is.EqualTo(1 + (Math.Max(0, count - tailroom + 2047) / 2048)));
        if (count == 0)
        {
            before.AssertUnchanged(chain);
        }

        Assert.That(chain.TryAppend(bytes.AsSpan(100 + count)));
        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void Room_that_is_not_committed_is_given_back_by_its_using()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(100), Segment.Internal(100), Segment.Empty);
        ChainSnapshot before = ChainSnapshot.Of(chain);
        int live = Arena.LiveMbufs;
        using (_ = Reserve(chain, 5000))
        {
            Assert.That(Arena.LiveMbufs, Is.GreaterThan(live));
        }

        before.AssertUnchanged(chain);
        Assert.That(Arena.LiveMbufs, Is.EqualTo(live));
    }

    [Test]
    public void Room_is_used_up_by_one_commit_and_disposing_it_does_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        using MbufRoom room = Reserve(chain, 5000);
        Fill(room, Pattern(5000));
        room.Commit(3000);
        AssertIsStale(room);
        room.Dispose();
        ChainAssert.Holds(chain, Pattern(5000).AsSpan(0, 3000));
    }

    private static readonly (string Name, Action<MbufChain> Change)[] s_changes =
    [
        ("append", static chain => chain.TryAppend([1])), ("append many", static chain => chain.TryAppend(new byte[9000])),
        ("extend", static chain => chain.TryAppend(1, out _)), ("trim the start", static chain => chain.TrimStart(1)),
        ("trim the end", static chain => chain.TrimEnd(1)), ("prepend", static chain => chain.TryPrepend([1])),
        ("add room", static chain => chain.TryAddRoom(9000)), ("unshare", static chain => Unshared(chain)),
        ("split", static chain => SplitOff(chain)), ("front", static chain => FrontOff(chain)),
        ("defragment", static chain => chain.TryDefragment()), ("copy up", static chain => chain.TryCopyUp(20, 0, out _)),
        ("trim and append", static chain => _ = chain.TrimStart(10) == 10 && chain.TryAppend(new byte[10])),
        ("front and append", static chain => TakeFrontAndAppend(chain)),
    ];

    [Test]
    public void Whatever_changes_the_chain_makes_its_room_stale([Range(0, 13)] int number)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(200), Segment.Internal(100), Segment.Internal(100));
        Assert.That(chain.TryReserveRoom(5000, out MbufRoom room));
        s_changes[number].Change(chain);

        AssertIsStale(room);
        room.Dispose();
        Assert.That(chain.IsSane(out string? problem), problem);
    }

    private static readonly (string Name, Func<MbufChain, Mbuf> Change)[] s_shares =
    [
        ("share", static chain => chain.Share().Detach()),
        ("a range", static chain => chain.TryShare(0, 10, out MbufChain copy) ? copy.Detach() : default),
        ("behind a head", static chain => chain.ShareBehindHead(10).Detach()),
        ("read-only", static chain => ReadOnly(chain)),
    ];

    [Test]
    public void Room_whose_first_piece_is_shared_or_read_only_is_stale([Range(0, 3)] int number, [Values(1000, 3000)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, Pattern(100), Segment.Cluster(100));
        Assert.That(chain.TryReserveRoom(length, out MbufRoom room));
        Mbuf share = s_shares[number].Change(chain);

        AssertIsStale(room);
        room.Dispose();
        Assert.That(chain.IsSane(out string? problem), problem);
        mbufs.Free([share]);
    }

    [Test]
    public void Room_in_fresh_mbufs_only_does_not_mind_that_the_bytes_before_it_are_shared_or_asked_for()
    {
        byte[] bytes = Pattern(100 + 1000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..100], Segment.Shared(100));
        Assert.That(chain.TryReserveRoom(1000, out MbufRoom room));
        Fill(room, bytes.AsSpan(100));
        using MbufChain copy = chain.Share();
        copy.Free();
        FreePartners(mbufs);
        Assert.That(chain.IsWritable); // The question takes the mark off that the storage may be shared.

        room.Commit(1000);
        ChainAssert.Holds(chain, bytes);
    }

    [Test]
    public void Room_that_was_given_back_is_stale_also_where_its_mbufs_are_those_of_the_next_room()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryAppend(chain.Tailroom, out _));
        Assert.That(chain.TryReserveRoom(9000, out MbufRoom one));
        one.Dispose();
        Assert.That(chain.TryReserveRoom(100, out MbufRoom two));

        AssertIsStale(one);
        two.Commit(100);
        Assert.That(chain.IsSane(out string? problem), problem);
    }

    [Test]
    public void Room_before_the_data_position_ends_positions()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryAppend(2000, out _));
        MbufReader reader = chain.GetReader();
        Assert.That(reader.TryRead(new byte[2000]));
        chain.TrimStart(2000);
        Assert.That(chain.TryReserveRoom(1500, out MbufRoom room) && room.Length == 1500);
        Assert.That(chain.TryAppend(Pattern(2048)));
        bool wentOn = true;
        try
        {
            reader.TryRead(new byte[1]);
        }
        catch (MbufStaleException)
        {
            wentOn = false;
        }

        Assert.That(wentOn, Is.False);
    }

    [Test]
    public void A_handle_whose_room_is_another_packets_is_refused_and_stays_a_claim()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufRoomHandle one = Detached(mbufs, 100);
        MbufRoomHandle other = Detached(mbufs, 2000);
        var torn = new MbufRoomHandle(one.Packet, other.Place);
        Assert.That(() => OpenAnywhere(torn), Throws.TypeOf<MbufStaleException>());
        Assert.That(() => OpenAnywhere(new MbufRoomHandle(one.Packet, other.Place with { Point = uint.MaxValue })), Throws.TypeOf<MbufStaleException>());

        using MbufChain chain = mbufs.OpenRoom(one).Chain;
        using MbufChain second = mbufs.OpenRoom(other).Chain;
        Assert.That((chain.Length, second.Length), Is.EqualTo((100, 2000)));
    }

    private void OpenAnywhere(MbufRoomHandle handle)
    {
        using MbufScope mbufs = Arena.Enter();
        _ = mbufs.OpenRoom(handle);
    }

    private static MbufRoomHandle Detached(in MbufScope mbufs, int length)
    {
        MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryAppend(length, out _) & chain.TryReserveRoom(5000, out MbufRoom room));
        return room.Detach();
    }

    private static Mbuf ReadOnly(MbufChain chain)
    {
        chain.Flags |= MbufFlags.ReadOnly;
        return default;
    }

    private static void TakeFrontAndAppend(MbufChain chain)
    {
        Assert.That(chain.TryTakeFront(10, out MbufChain front) && chain.TryAppend(new byte[10]));
        front.Free();
    }

    [Test]
    public void Of_two_rooms_of_a_chain_the_first_one_committed_wins([Values] bool isFirst)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryReserveRoom(5000, out MbufRoom one) & chain.TryReserveRoom(9000, out MbufRoom two));
        if (isFirst)
        {
            AssertIsStale(one); // The second one has linked mbufs of its own.
            Fill(two, Pattern(9000));
            two.Commit(9000);
        }
        else
        {
            two.Dispose();
            Fill(one, Pattern(5000));
            one.Commit(5000);
            AssertIsStale(two);
        }

        ChainAssert.Holds(chain, Pattern(isFirst ? 9000 : 5000));
    }

    [Test]
    public void Room_of_a_chain_that_is_gone_is_stale()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryReserveRoom(5000, out MbufRoom room));
        chain.Free();
        AssertIsStale(room);
        room.Dispose();
        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void Chain_and_room_outlive_their_scope_as_a_handle_that_opens_once([Values(100, 5000)] int length)
    {
        MbufRoomHandle handle;
        byte[] bytes = Pattern(7 + length);
        using (MbufScope mbufs = Arena.Enter())
        {
            MbufChain chain = mbufs.AllocatePacket();
            Assert.That(chain.TryAppend(bytes.AsSpan(0, 7)) & chain.TryReserveRoom(length, out MbufRoom room));
            Fill(room, bytes.AsSpan(7)); // By a system, at any time.
            handle = room.Detach();
            AssertIsStale(room);
            Assert.That((chain.IsOwned, handle.IsNull, handle.Length), Is.EqualTo((false, false, length)));
            room.Dispose();
        }

        using (MbufScope mbufs = Arena.Enter())
        {
            using MbufRoom room = mbufs.OpenRoom(handle);
            using MbufChain chain = room.Chain;
            room.Commit(length);
            ChainAssert.Holds(chain, bytes);
            Expect.Throws<MbufStaleException>(mbufs, (MbufScope scope) => scope.OpenRoom(handle).Commit(0));
            Expect.Throws<MbufException>(mbufs, static (MbufScope scope) => scope.OpenRoom(default).Commit(0));
        }

        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    [TestCase(-1)]
    [TestCase(5001)]
    public void More_than_the_room_is_refused_and_the_room_stays(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
        Assert.That(chain.TryReserveRoom(5000, out MbufRoom room));
        Exception? thrown = null;
        try
        {
            room.Commit(count);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            thrown = exception;
        }

        Assert.That(thrown?.Message, Does.Contain("room for 5000 bytes"));
        room.Commit(5000);
        Assert.That(chain.Length, Is.EqualTo(5000));
    }

    [Test]
    public void An_arena_that_has_not_enough_gives_what_it_has_and_one_that_has_nothing_refuses()
    {
        using MbufArena arena = Arenas.Of(mbufs: 3, clusters: 2);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();
        Assert.That(chain.TryAppend(Pattern(192)) & chain.TryReserveRoom(100_000, out MbufRoom room));
        Assert.That((room.Length, room.PieceCount), Is.EqualTo((2 * 2048, 2)));
        room.Commit(2 * 2048);
        Assert.That(chain.TryReserveRoom(1, out room), Is.False);
        Assert.That((room.Length, room.PieceCount, chain.Length), Is.EqualTo((0, 0, 192 + (2 * 2048))));
        MbufException? refused = null;
        try
        {
            room.Commit(0);
        }
        catch (MbufException exception)
        {
            refused = exception;
        }

        Assert.That(refused?.Message, Does.Contain("null"));
        room.Dispose();
    }

    private static MbufRoom Reserve(MbufChain chain, int length)
    {
        Assert.That(chain.TryReserveRoom(length, out MbufRoom room));
        return room;
    }

    private static void Fill(scoped in MbufRoom room, scoped ReadOnlySpan<byte> bytes)
    {
        foreach (Span<byte> piece in room)
        {
            bytes[..piece.Length].CopyTo(piece);
            bytes = bytes[piece.Length..];
        }
    }

    private static void AssertIsStale(scoped in MbufRoom room)
    {
        int thrown = 0;
        for (int way = 0; way < 3; way++)
        {
            try
            {
                _ = way switch { 0 => Committed(room), 1 => room.Detach().Length, _ => Walked(room) };
            }
            catch (MbufStaleException)
            {
                thrown++;
            }
        }

        Assert.That(thrown, Is.EqualTo(3));
    }

    private static int Committed(scoped in MbufRoom room)
    {
        room.Commit(0);
        return 0;
    }

    private static int Walked(scoped in MbufRoom room)
    {
        foreach (Span<byte> piece in room)
        {
            return piece.Length;
        }

        return 0;
    }

    private static void Unshared(MbufChain chain)
    {
        using MbufChain partner = chain.Share();
        Assert.That(chain.TryAppend([1]));
    }

    private static void SplitOff(MbufChain chain)
    {
        Assert.That(chain.TrySplit(150, out MbufChain rest));
        rest.Free();
    }

    private static void FrontOff(MbufChain chain)
    {
        Assert.That(chain.TryTakeFront(50, out MbufChain front));
        front.Free();
    }
}
