using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Callbacks that free memory before an allocation is denied: when they run, how often, and what they may do.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReclaimTests(ArenaKind kind) : ExhaustionFixture(kind)
{
    private static readonly (string Name, Func<MbufScope, bool> Use)[] s_forms =
    [
        ("m_get", static mbufs => Got(mbufs.AllocateMbuf())),
        ("m_gethdr", static mbufs => Got(mbufs.AllocatePacketWithoutCluster())),
        ("m_getcl", static mbufs => Got(mbufs.AllocatePacket())),
        ("m_getjcl", static mbufs => Got(mbufs.AllocatePacket(MbufClusterSize.Jumbo9))),
        ("m_getm2", static mbufs => Got(mbufs.AllocatePacket(10_000))),
        ("bulk", static mbufs => Bulk(mbufs)),
        ("M_WAITOK", static mbufs => Got(mbufs.Waiting(TimeSpan.Zero).AllocatePacket(10_000))),
        ("M_WAITOK for ever", static mbufs => Got(mbufs.Waiting(Timeout.InfiniteTimeSpan).AllocatePacket())),
    ];

    [Test]
    public void Exhausted_an_arena_runs_the_callbacks_and_every_allocation_tries_once_more([Range(0, 7)] int form)
    {
        int calls = 0;
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            calls++;
            Assert.That(Monitor.IsEntered(Arena.Gate), Is.False);
            ReleaseHoard();
        });
        using MbufScope mbufs = Arena.Enter();
        TakeHoard(mbufs);
        calls = 0; // The hoard was refused, too.
        long denied = Denied;
        Assert.That(s_forms[form].Use(mbufs), s_forms[form].Name);
        Assert.That((calls, Denied), Is.EqualTo((1, denied)));
    }

    [Test]
    public void Verbs_that_grow_a_packet_try_once_more()
    {
        using IDisposable registration = Arena.RegisterReclaim(ReleaseHoard);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Internal(100), Segment.Cluster(500));
        TakeHoard(mbufs);
        Assert.That(packet.TryPullUp(500, out _));
        ChainAssert.Holds(packet, Pattern(600));
        TakeHoard(mbufs);
        Assert.That(packet.TryAppend(Pattern(5000)));
        TakeHoard(mbufs);
        using MbufChain shared = packet.Share();
        ChainAssert.Holds(shared, [.. Pattern(600), .. Pattern(5000)]);
        Assert.That(Denied, Is.EqualTo(DeniedByHoard));
    }

    [Test]
    public void Callbacks_run_in_order_of_registration_until_they_are_disposed()
    {
        var called = new List<int>();
        IDisposable[] registrations = [.. Enumerable.Range(1, 4).Select(number => Arena.RegisterReclaim(() => called.Add(number)))];
        Assert.That(Arena.Reclaim());
        Assert.That(called, Is.EqualTo(new[] { 1, 2, 3, 4 }));
        registrations[1].Dispose();
        registrations[1].Dispose();
        registrations[3].Dispose();
        Assert.That(Arena.Reclaim());
        Assert.That(called, Is.EqualTo(new[] { 1, 2, 3, 4, 1, 3 }));
    }

    [Test]
    public void Disposed_by_one_that_runs_before_it_a_registration_is_not_called()
    {
        IDisposable? second = null;
        using IDisposable first = Arena.RegisterReclaim(() => second!.Dispose());
        second = Arena.RegisterReclaim(static () => Assert.Fail("Called."));
        Assert.That(Arena.Reclaim());
    }

    [Test]
    public void The_same_callback_can_be_registered_twice_and_each_registration_is_its_own()
    {
        int calls = 0;
        Action callback = () => calls++;
        IDisposable first = Arena.RegisterReclaim(callback);
        using IDisposable second = Arena.RegisterReclaim(callback);
        Arena.Reclaim();
        first.Dispose();
        Arena.Reclaim();
        Assert.That(calls, Is.EqualTo(3));
    }

    [Test]
    public void In_vain_they_are_called_once_in_an_interval_however_many_are_denied()
    {
        int calls = 0;
        using IDisposable registration = Arena.RegisterReclaim(() => calls++);
        using MbufScope mbufs = Arena.Enter();
        TakeHoard(mbufs);
        calls = 0;
        for (int expected = 1; expected <= 3; expected++)
        {
            for (int number = 0; number < 1000; number++)
            {
                Assert.That(mbufs.AllocateMbuf().IsNull);
            }

            Assert.That(calls, Is.EqualTo(expected));
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.That(mbufs.AllocatePacket(MbufClusterSize.Page).IsNull);
        Assert.That(calls, Is.EqualTo(4), "Another zone has a turn of its own.");
        ReleaseHoard();
    }

    [Test]
    public void If_they_help_they_are_called_at_once_when_there_is_nothing_again()
    {
        int calls = 0;
        var spare = new Stack<Mbuf>();
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            calls++;
            using MbufScope own = Arena.Enter();
            if (spare.TryPop(out Mbuf packet))
            {
                own.Free([packet]);
            }
        });
        using MbufScope mbufs = Arena.Enter();
        for (int number = 0; number < 10; number++)
        {
            spare.Push(mbufs.AllocateMbuf().Detach());
        }

        TakeHoard(mbufs);
        Assert.That(spare, Is.Empty);
        Assert.That(calls, Is.EqualTo(11), "Once in vain for each of the four clusters and for mbufs, and six times with success.");
        ReleaseHoard();
    }

    [Test]
    public void What_a_callback_allocates_in_vain_does_not_call_it_again()
    {
        int calls = 0;
        bool explicitly = true;
        using MbufScope mbufs = Arena.Enter();
        TakeHoard(mbufs);
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            calls++;
            using MbufScope own = Arena.Enter();
            Assert.That(own.AllocatePacket(MbufClusterSize.Jumbo9).IsNull && own.AllocateMbuf().IsNull);
            explicitly = Arena.Reclaim();
        });
        Assert.That(mbufs.AllocateMbuf().IsNull);
        Assert.That((calls, explicitly), Is.EqualTo((1, false)));
        Assert.That(mbufs.AllocatePacket(MbufClusterSize.Jumbo9).IsNull);
        Assert.That(calls, Is.EqualTo(2), "Denied inside the callback, that zone has not had its turn.");
        ReleaseHoard();
    }

    [Test]
    public void What_stress_refuses_and_what_there_never_is_call_nobody()
    {
        using MbufArena arena = NewArena(mbufs: 10, time: Time);
        using IDisposable registration = arena.RegisterReclaim(() => Assert.Fail("Called."));
        using MbufScope mbufs = arena.Enter();
        Assert.That(mbufs.AllocatePacket().IsNull && mbufs.AllocatePacket(MbufClusterSize.Page).IsNull);
        arena.Stress.AllocationFailureRate = 1;
        Assert.That(mbufs.AllocateMbuf().IsNull);
    }

    [Test]
    public void It_is_refused_without_callback_and_on_a_disposed_arena()
    {
        Assert.That(() => Arena.RegisterReclaim(null!), Throws.ArgumentNullException);
        MbufArena disposed = NewArena(mbufs: 2);
        IDisposable registration = disposed.RegisterReclaim(() => Assert.Fail("Called."));
        disposed.Dispose();
        Assert.That(() => disposed.RegisterReclaim(() => { }), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => disposed.Reclaim(), Throws.TypeOf<ObjectDisposedException>());
        registration.Dispose();
    }

    private static bool Got(MbufChain chain)
    {
        using MbufChain owned = chain;
        return !owned.IsNull;
    }

    private static bool Bulk(MbufScope mbufs)
    {
        Mbuf[] packets = new Mbuf[20];
        bool got = mbufs.TryAllocatePackets(packets);
        mbufs.Free(packets);
        return got;
    }
}
