using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>A thread that is asked to flush leaves what it flushed to who asked: all but what it uses itself comes to be had.</summary>
[Category("Contention")]
public sealed class FlushRequestTests
{
    /// <summary>Far more tries than it takes, each after an operation of the other thread.</summary>
    private const int Tries = 100;

    private static readonly Allocation[] s_allocations =
    [
        static (in mbufs) => mbufs.AllocatePacket(),
        static (in mbufs) => mbufs.AllocateMbuf(),
        static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page),
        static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo16),
    ];

    [Test]
    public void All_but_what_the_other_thread_holds_is_had_after_a_few_denials(
        [Values(64, 65, 128, 192, 256)] int size, [Values(1, 2, 40)] int used, [Range(0, 3)] int form)
    {
        using MbufArena arena = new(new MbufArenaOptions
        {
            Mbufs = size,
            Clusters = size,
            PageClusters = size,
            Jumbo9Clusters = 0,
            Jumbo16Clusters = size,
            HugePages = false,
        });
        Allocation allocation = s_allocations[form];
        int denied = Compete(
            arena,
            size - used,
            (in mbufs) => Arenas.FreeAll(mbufs, TakeUpTo(mbufs, used, allocation)),
            (in mbufs) => allocation(mbufs));
        Assert.That(denied, Is.LessThanOrEqualTo(Tries), "the first asks; others race with the other thread's allocations");
        arena.AssertSettled();
    }

    /// <summary>The free is the operation that serves the request: nothing of it stays in the thread's hand.</summary>
    [Test]
    public void What_a_thread_frees_and_does_nothing_more_goes_to_who_waits([Range(0, 3)] int form)
    {
        using MbufArena arena = new(new MbufArenaOptions
        {
            Mbufs = 1,
            Clusters = 1,
            PageClusters = 1,
            Jumbo9Clusters = 0,
            Jumbo16Clusters = 1,
            HugePages = false,
        });
        Allocation allocation = s_allocations[form];
        using (MbufScope mbufs = arena.Enter())
        {
            MbufChain only = allocation(mbufs);
            var waiting = new Mate(() =>
            {
                using MbufScope other = arena.Enter();
                using MbufChain got = form switch
                {
                    0 => other.Waiting(Crew.Patience / 2).AllocatePacket(),
                    1 => other.Waiting(Crew.Patience / 2).AllocateMbuf(),
                    2 => other.Waiting(Crew.Patience / 2).AllocatePacket(MbufClusterSize.Page),
                    _ => other.Waiting(Crew.Patience / 2).AllocatePacket(MbufClusterSize.Jumbo16),
                };
                Assert.That(got.IsNull, Is.False);
            });
            waiting.UntilBlocked();
            only.Free();
            waiting.Join();
        }

        arena.AssertSettled();
    }

    [Test]
    public void Parts_are_had_where_the_other_thread_works_with_pairs_and_pairs_where_with_parts([Values] bool pairs)
    {
        using MbufArena arena = Arenas.Of(mbufs: 128, clusters: 128);
        Allocation packet = static (in mbufs) => mbufs.AllocatePacket();
        Allocation plain = static (in mbufs) => mbufs.AllocateMbuf();
        Compete(
            arena,
            127,
            (in mbufs) => Arenas.FreeAll(mbufs, TakeUpTo(mbufs, 1, pairs ? packet : plain)),
            (in mbufs) => pairs ? mbufs.AllocateMbuf() : mbufs.AllocatePacket());
        arena.AssertSettled();
    }

    [Test]
    public void Bulk_allocations_leave_it_too()
    {
        using MbufArena arena = Arenas.Of(mbufs: 256, clusters: 256);
        Mbuf[] some = new Mbuf[32];
        Compete(
            arena,
            256 - some.Length,
            (in mbufs) =>
            {
                if (mbufs.TryAllocatePackets(some))
                {
                    mbufs.Free(some);
                }
            },
            static (in mbufs) => mbufs.AllocatePacket());
        arena.AssertSettled();
    }

    [Test]
    public void A_thread_that_only_frees_gives_back_what_it_freed()
    {
        using MbufArena arena = Arenas.Of(mbufs: 100);
        List<Mbuf> held;
        using (MbufScope mbufs = arena.Enter())
        {
            held = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
        }

        using var step = new Barrier(2);
        var freeing = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            mbufs.Free([.. held[..40]]);
            step.Meet();
            step.Meet(); // The other thread was refused, and has asked.
            mbufs.Free([held[40]]);
            step.Meet();
            step.Meet();
            mbufs.Free([.. held[41..]]);
        });
        using (MbufScope mbufs = arena.Enter())
        {
            step.Meet();
            Assert.That(mbufs.AllocateMbuf().IsNull, Is.True);
            step.Meet();
            step.Meet();
            List<Mbuf> got = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf());
            step.Meet();
            Assert.That(got, Has.Count.EqualTo(41));
            freeing.Join();
            Arenas.FreeAll(mbufs, got);
        }

        arena.AssertSettled();
    }

    /// <summary>In steps: the other thread does one operation after each that is denied, and between all others.</summary>
    private static int Compete(MbufArena arena, int wanted, Work work, Allocation allocation)
    {
        using var step = new Barrier(2);
        bool done = false;
        var busy = new Mate(() =>
        {
            using MbufScope mbufs = arena.Enter();
            do
            {
                work(mbufs);
                step.Meet();
                step.Meet();
            }
            while (!Volatile.Read(ref done));
        });
        int denied = 0;
        using (MbufScope mbufs = arena.Enter())
        {
            var held = new List<Mbuf>();
            step.Meet();
            while (held.Count < wanted && denied <= Tries)
            {
                MbufChain chain = allocation(mbufs);
                if (chain.IsNull)
                {
                    denied++;
                    step.Meet();
                    step.Meet();
                }
                else
                {
                    held.Add(chain.Detach());
                }
            }

            Volatile.Write(ref done, true);
            step.Meet();
            Assert.That(held, Has.Count.EqualTo(wanted), $"{denied} denials");
            busy.Join();
            Arenas.FreeAll(mbufs, held);
        }

        return denied;
    }

    private static List<Mbuf> TakeUpTo(in MbufScope mbufs, int count, Allocation allocation)
    {
        var taken = new List<Mbuf>(count);
        for (int number = 0; number < count; number++)
        {
            MbufChain chain = allocation(mbufs);
            if (!chain.IsNull)
            {
                taken.Add(chain.Detach());
            }
        }

        return taken;
    }

    private delegate void Work(in MbufScope mbufs);
}
