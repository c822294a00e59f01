using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Callbacks that throw: nobody's work is left half done, and somebody is told.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReclaimFailureTests(ArenaKind kind) : ExhaustionFixture(kind)
{
    [Test]
    public void Asked_for_they_all_run_and_what_they_threw_is_thrown_together()
    {
        int calls = 0;
        Arena.CallbackFailed += static (_, _) => Assert.Fail("The caller is told, nobody else.");
        using IDisposable first = Arena.RegisterReclaim(static () => throw new InvalidOperationException("first"));
        using IDisposable second = Arena.RegisterReclaim(() => calls++);
        using IDisposable third = Arena.RegisterReclaim(static () => throw new TimeoutException("third"));
        AggregateException? error = Assert.Throws<AggregateException>(() => Arena.Reclaim());
        Assert.That(error!.InnerExceptions.Select(static inner => inner.Message), Is.EqualTo(new[] { "first", "third" }));
        Assert.That(calls, Is.EqualTo(1));
        first.Dispose();
        third.Dispose();
        Assert.That(Arena.Reclaim(), "A failure does not leave it running.");
    }

    [Test]
    public void A_clock_that_throws_calls_nobody_and_does_not_disturb_the_operation()
    {
        var failures = new List<Exception>();
        Arena.CallbackFailed += (_, failed) => failures.Add(failed.GetException());
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(2000));
        TakeHoard(mbufs);
        var snapshot = ChainSnapshot.Of(packet);
        int calls = 0;
        using IDisposable registration = Arena.RegisterReclaim(() => calls++);
        Time.Failure = new TimeoutException();
        Assert.That(packet.TryAppend(Pattern(1000)), Is.False);
        snapshot.AssertUnchanged(packet);
        Assert.That(calls, Is.Zero);
        Assert.That(failures, Is.Not.Empty.And.All.SameAs(Time.Failure));
        Time.Failure = null;
        Assert.That(packet.TryAppend(Pattern(1000)), Is.False);
        Assert.That(calls, Is.Not.Zero, "It is still their time.");
        ReleaseHoard();
    }

    [Test]
    public void Run_by_an_allocation_the_others_still_run_and_it_succeeds([Values] bool handlerThrows)
    {
        var told = new List<(object? Sender, string Message)>();
        Arena.CallbackFailed += (sender, failed) =>
        {
            told.Add((sender, failed.GetException().Message));
            if (handlerThrows)
            {
                throw new TimeoutException();
            }
        };
        using IDisposable first = Arena.RegisterReclaim(static () => throw new InvalidOperationException("first"));
        using IDisposable second = Arena.RegisterReclaim(ReleaseHoard);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(500));
        TakeHoard(mbufs);
        told.Clear();
        Assert.That(packet.TryAppend(Pattern(5000)));
        ChainAssert.Holds(packet, [.. Pattern(500), .. Pattern(5000)]);
        Assert.That(told, Is.EqualTo(new[] { ((object?)Arena, "first") }));
    }

    [Test]
    public void An_operation_that_is_denied_all_the_same_leaves_the_chain_as_it_was()
    {
        using IDisposable registration = Arena.RegisterReclaim(static () => throw new InvalidOperationException());
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(600), Segment.Shared(100), Segment.Cluster(500));
        TakeHoard(mbufs);
        var snapshot = ChainSnapshot.Of(packet);
        Assert.That(packet.TryAppend(Pattern(5000)) || packet.TryPullUp(600, out _) || packet.TryCopyFrom(0, Pattern(300)), Is.False);
        Assert.That(packet.Share().IsNull);
        snapshot.AssertUnchanged(packet);
        ReleaseHoard();
    }

    [Test]
    public void A_callback_that_meets_an_interrupt_does_not_swallow_it()
    {
        int told = 0;
        Arena.CallbackFailed += (_, _) => told++;
        using IDisposable registration = Arena.RegisterReclaim(static () => Thread.Sleep(Timeout.Infinite));
        var allocator = new Mate(() =>
        {
            using (MbufScope mbufs = Arena.Enter())
            {
                Assert.That(mbufs.AllocatePacket(100_000_000).IsNull, "never to be had");
                Thread.CurrentThread.Interrupt();
                TakeHoard(mbufs);
            }

            Assert.That(static () => Thread.Sleep(0), Throws.TypeOf<ThreadInterruptedException>());
            ReleaseHoard();
        });
        allocator.Join();
        Assert.That(told, Is.Positive);
    }

    [Test]
    public void Corruption_that_a_callback_is_told_of_is_told_again_to_the_program()
    {
        using MbufArena arena = Arenas.Of(mbufs: 40, isChecked: true);
        var told = new List<Exception>();
        var taken = new List<Mbuf>();
        arena.CallbackFailed += (_, failed) => told.Add(failed.GetException());
        using IDisposable registration = arena.RegisterReclaim(() => arena.Enter().Dispose());
        using MbufScope mbufs = arena.Enter();
        MbufChain packet = mbufs.AllocateMbuf();
        Assert.That(packet.TryAppend(100, out Span<byte> stale));
        packet.Free();
        stale[50] = 1;
        for (int free = 0; free < 40; free++)
        {
            mbufs.AllocateMbuf().Dispose(); // Sends it out of quarantine, and never throws.
        }

        Expect.Throws<MbufCorruptionException>(mbufs, scope =>
        {
            while (true)
            {
                taken.Add(scope.AllocateMbuf().Detach());
            }
        });
        Assert.That(told, Has.Count.EqualTo(1).And.All.TypeOf<MbufCorruptionException>());
        Assert.That(taken, Has.Count.EqualTo(40));
        mbufs.Free(taken.ToArray());
    }
}
