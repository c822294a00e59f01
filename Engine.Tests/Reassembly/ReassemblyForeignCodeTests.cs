using System.Buffers;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Callbacks and free routines that come while a reassembler is at work.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReassemblyForeignCodeTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private static readonly byte[] s_whole = FragmentBytes.Whole(isIPv6: false, 400);
    private static readonly byte[] s_start = FragmentBytes.IPv4(s_whole, 0, 200, more: true);
    private static readonly byte[] s_end = FragmentBytes.IPv4(s_whole, 200, 200, more: false);

    [Test]
    public void An_exhausted_arena_gets_back_what_is_held()
    {
        MbufArena arena = NewArena(mbufs: 64, clusters: 8, time: Time);
        using var reassembler = new MbufReassembler(arena, Options());
        using IDisposable registration = arena.RegisterReclaim(reassembler.Reclaim);
        using MbufScope mbufs = arena.Enter();
        using MbufChain start = Packet(mbufs, s_start);
        Hoard hoard = Hoard.OfEverything(mbufs);
        reassembler.Add(mbufs, start, out _);
        Time.Advance(TimeSpan.FromSeconds(1)); // Callbacks that did not help are asked again.
        using (MbufChain more = mbufs.AllocatePacket())
        {
            Assert.That(more.IsNull, Is.False);
        }

        IsEmpty(reassembler);
        Assert.That(reassembler.GetStatistics().Evicted, Is.EqualTo(1));
        hoard.Release(mbufs);
    }

    /// <summary>
    /// The callback comes in the middle of the operation that found no memory, and leaves alone what that works with.
    /// </summary>
    [Test]
    public void Its_own_exhaustion_takes_nothing_from_it()
    {
        MbufArena arena = NewArena(mbufs: 64, clusters: 8, time: Time);
        using var reassembler = new MbufReassembler(arena, Options());
        int calls = 0;
        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            calls++;
            reassembler.Reclaim();
        });
        using MbufScope mbufs = arena.Enter();
        using MbufChain start = Packet(mbufs, s_start);
        using MbufChain partner = start.Share();
        using MbufChain end = Packet(mbufs, s_end);
        Hoard hoard = Hoard.OfEverything(mbufs);
        reassembler.Add(mbufs, start, out _);
        Time.Advance(TimeSpan.FromSeconds(1)); // Callbacks that did not help are asked again.
        calls = 0;
        MbufReassemblyStatus status = reassembler.Add(mbufs, end, out _);
        Assert.That((status, calls, reassembler.GetStatistics().HeldPackets), Is.EqualTo((MbufReassemblyStatus.Exhausted, 1, 1)));
        hoard.Release(mbufs);
        Assert.That(reassembler.Add(mbufs, end, out MbufChain packet), Is.EqualTo(MbufReassemblyStatus.Complete));
        packet.Free();
    }

    /// <summary>
    /// Free routines run when all is done: they may look at the reassembler, and what they throw comes out then.
    /// </summary>
    [Test]
    public void Free_routines_run_at_the_end_and_may_call_it_and_throw()
    {
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        var owner = new Owner(() =>
        {
            using MbufScope theirs = Arena.Enter();
            reassembler.Clear(theirs);
            throw new TimeZoneNotFoundException();
        });
        using MbufChain start = mbufs.AllocatePacketFrom(s_start, 0, 0);
        using MbufChain overlap = mbufs.AllocatePacketWithoutCluster();
        Assert.That(overlap.TryAttachExternal(owner, 0) && overlap.TryAppend(FragmentBytes.IPv4(s_whole, 8, 200, more: true)));
        reassembler.Add(mbufs, start, out _);
        bool thrown = false;
        try
        {
            reassembler.Add(mbufs, overlap, out _);
        }
        catch (TimeZoneNotFoundException)
        {
            thrown = true;
        }

        Assert.That(thrown && owner.IsDisposed && !overlap.IsOwned);
        Assert.That(reassembler.GetStatistics().CountOf(MbufReassemblyStatus.Overlap), Is.EqualTo(1));
        IsEmpty(reassembler);
    }

    /// <summary>The header's storage ends when it is trimmed, in the middle of the operation: which is finished first.</summary>
    [Test]
    public void A_routine_that_throws_keeps_nothing_from_being_done()
    {
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        long seen = -1;
        var owner = new Owner(() =>
        {
            seen = reassembler.GetStatistics().HeldFragments;
            throw new TimeZoneNotFoundException();
        });
        using MbufChain end = mbufs.AllocatePacketWithoutCluster();
        Assert.That(end.TryAttachExternal(owner, 0) && end.TryAppend(s_end.AsSpan(0, 20)));
        end.Append(BuildPlain(mbufs, s_end[20..], Segment.Cluster(200)));
        bool thrown = false;
        try
        {
            reassembler.Add(mbufs, end, out _);
        }
        catch (TimeZoneNotFoundException)
        {
            thrown = true;
        }

        Assert.That(thrown && owner.IsDisposed && !end.IsOwned);
        Assert.That(seen, Is.EqualTo(1), "It was held when the routine ran.");
        Completes(mbufs, reassembler, s_start, s_whole);
    }

    [Test]
    public void A_routine_that_throws_takes_no_packet_from_its_owner()
    {
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        IsHeld(mbufs, reassembler, s_start);
        var owner = new Owner(static () => throw new TimeZoneNotFoundException());
        using MbufChain end = mbufs.AllocatePacketWithoutCluster();
        Assert.That(end.TryAttachExternal(owner, 0) && end.TryAppend(s_end.AsSpan(0, 20)));
        end.Append(BuildPlain(mbufs, s_end[20..], Segment.Cluster(200)));
        scoped MbufChain packet = default;
        bool thrown = false;
        try
        {
            reassembler.Add(mbufs, end, out packet);
        }
        catch (TimeZoneNotFoundException)
        {
            thrown = true;
        }

        Assert.That(thrown && owner.IsDisposed && !end.IsOwned);
        ChainAssert.Holds(packet, s_whole);
        packet.Free();
        IsEmpty(reassembler);
    }

    /// <summary>Whatever moment it comes in, it finds all tables whole and leaves them so.</summary>
    [Test]
    public void Another_thread_may_take_back_everything_at_any_time()
    {
        MbufReassembler reassembler = Make();
        bool done = false;
        int passes = 0;
        Exception? failure = null;
        var other = new Thread(() =>
        {
            try
            {
                for (; !Volatile.Read(ref done); passes++)
                {
                    reassembler.Reclaim();
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        other.Start();
        int complete = 0;
        using (MbufScope mbufs = Arena.Enter())
        {
            for (int round = 0; round < 20_000; round++)
            {
                using MbufChain fragment = mbufs.AllocatePacketFrom(round % 2 == 0 ? s_start : s_end, 0, 0);
                MbufReassemblyStatus status = reassembler.Add(mbufs, fragment, out MbufChain packet);
                complete += status == MbufReassemblyStatus.Complete ? 1 : 0;
                if (!packet.IsNull)
                {
                    packet.Free();
                }
            }
        }

        Volatile.Write(ref done, true);
        other.Join();
        Assert.That(failure, Is.Null);
        MbufReassemblyStatistics found = reassembler.GetStatistics();
        long joined = found.CountOf(MbufReassemblyStatus.Held) - found.DroppedFragments - found.HeldFragments;
        Assert.That((found.CountOf(MbufReassemblyStatus.Complete), joined), Is.EqualTo(((long)complete, (long)complete)), $"{passes} passes.");
    }

    private sealed class Owner(Action disposed) : IMemoryOwner<byte>
    {
        public bool IsDisposed { get; private set; }

        public Memory<byte> Memory { get; } = new byte[2048];

        public void Dispose()
        {
            IsDisposed = true;
            disposed();
        }
    }
}
