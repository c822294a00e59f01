using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Threads allocate, hand over and free on other threads, and every payload is verified.</summary>
[Category("Contention")]
public sealed class HandOverTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void Packets_allocated_on_one_thread_are_verified_and_freed_on_another(bool isChecked)
    {
        using MbufArena arena = Arenas.Of(mbufs: 2048, clusters: 1024, jumbos: 32, isChecked: isChecked);
        int count = isChecked ? 20_000 : 200_000;
        Channel<(Mbuf Packet, int Seed)> channel = Channel.CreateBounded<(Mbuf, int)>(256);
        Crew.Run(
            () =>
            {
                for (int seed = 0; seed < count;)
                {
                    using MbufScope mbufs = arena.Enter();
                    for (int burst = 0; burst < 32 && seed < count; burst++, seed++)
                    {
                        Hand(channel.Writer, (Payload.Create(mbufs, seed), seed));
                    }
                }

                channel.Writer.Complete();
            },
            () =>
            {
                int expected = 0;
                while (Wait(channel.Reader))
                {
                    using MbufScope mbufs = arena.Enter();
                    for (; channel.Reader.TryRead(out (Mbuf Packet, int Seed) item); expected++)
                    {
                        Assert.That(item.Seed, Is.EqualTo(expected));
                        Payload.VerifyAndFree(mbufs, item.Packet, item.Seed);
                    }
                }

                Assert.That(expected, Is.EqualTo(count));
            });
        arena.AssertSettled();
    }

    [Test]
    public void Four_threads_that_all_allocate_and_free_what_others_allocated_lose_and_mix_nothing()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1000, clusters: 500, jumbos: 16, caches: 4);
        var pool = new ConcurrentQueue<(Mbuf Packet, int Seed)>();
        Crew.Run(4, number =>
        {
            var random = new Random(number);
            for (int turn = 0; turn < 3000; turn++)
            {
                using MbufScope mbufs = arena.Enter();
                for (int burst = random.Next(20); burst > 0; burst--)
                {
                    int seed = random.Next();
                    if (pool.Count < 200 && random.Next(2) == 0)
                    {
                        Mbuf packet = Payload.Create(mbufs, seed);
                        if (!packet.IsNull)
                        {
                            pool.Enqueue((packet, seed));
                        }
                    }
                    else if (pool.TryDequeue(out (Mbuf Packet, int Seed) item))
                    {
                        Payload.VerifyAndFree(mbufs, item.Packet, item.Seed);
                    }
                }
            }
        });
        using (MbufScope mbufs = arena.Enter())
        {
            foreach ((Mbuf packet, int seed) in pool)
            {
                Payload.VerifyAndFree(mbufs, packet, seed);
            }
        }

        arena.AssertSettled();
    }

    [Test]
    public void Bursts_allocated_in_bulk_are_freed_in_bulk_on_another_thread()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1024, clusters: 1024);
        Channel<Mbuf[]> there = Channel.CreateBounded<Mbuf[]>(8);
        Channel<Mbuf[]> back = Channel.CreateUnbounded<Mbuf[]>();
        for (int burst = 0; burst < 8; burst++)
        {
            Assert.That(back.Writer.TryWrite(new Mbuf[1 + (burst * 9)]), Is.True);
        }

        const int Bursts = 40_000;
        Crew.Run(
            () =>
            {
                for (int number = 0; number < Bursts; number++)
                {
                    Assert.That(Wait(back.Reader) && back.Reader.TryRead(out Mbuf[]? burst) && Fill(arena, burst, (byte)number, there.Writer), Is.True);
                }
            },
            () =>
            {
                for (int number = 0; number < Bursts; number++)
                {
                    Assert.That(Wait(there.Reader) && there.Reader.TryRead(out Mbuf[]? burst) && Drain(arena, burst, (byte)number, back.Writer), Is.True);
                }
            });
        arena.AssertSettled();
    }

    [Test]
    public void A_queue_passed_from_thread_to_thread_keeps_its_order()
    {
        using MbufArena arena = Arenas.Of(mbufs: 512, clusters: 256, jumbos: 32);
        var queue = new MbufQueue(arena, limit: 100);
        using var turn = new Barrier(2);
        const int Rounds = 500;
        Crew.Run(
            () =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    using (MbufScope mbufs = arena.Enter())
                    {
                        for (int number = 0; number < 101; number++)
                        {
                            using MbufChain packet = mbufs.Open(Payload.Create(mbufs, number));
                            Assert.That(queue.TryEnqueue(packet), Is.EqualTo(number < 100));
                        }
                    }

                    turn.Meet();
                    turn.Meet();
                }
            },
            () =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    turn.Meet();
                    using (MbufScope mbufs = arena.Enter())
                    {
                        for (int number = 0; queue.TryDequeue(mbufs, out MbufChain packet); number++)
                        {
                            Payload.VerifyAndFree(mbufs, packet.Detach(), number);
                        }
                    }

                    turn.Meet();
                }
            });
        Assert.That(queue.Drops, Is.EqualTo(Rounds));
        arena.AssertSettled();
    }

    private static bool Fill(MbufArena arena, Mbuf[] burst, byte value, ChannelWriter<Mbuf[]> writer)
    {
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(mbufs.TryAllocatePackets(burst), Is.True);
            foreach (ref Mbuf packet in burst.AsSpan())
            {
                MbufChain chain = mbufs.Open(packet);
                Assert.That(chain.TryAppend([value, (byte)~value]), Is.True);
                packet = chain.Detach();
            }
        }

        return Hand(writer, burst);
    }

    private static bool Drain(MbufArena arena, Mbuf[] burst, byte value, ChannelWriter<Mbuf[]> writer)
    {
        using (MbufScope mbufs = arena.Enter())
        {
            foreach (ref Mbuf packet in burst.AsSpan())
            {
                MbufChain chain = mbufs.Open(packet);
                Assert.That(MemoryMarshal.Read<ushort>(chain.FirstSpan), Is.EqualTo((ushort)(value | ((byte)~value << 8))));
                packet = chain.Detach();
            }

            mbufs.Free(burst);
        }

        return Hand(writer, burst);
    }

    private static bool Hand<T>(ChannelWriter<T> writer, T item)
    {
        if (!writer.TryWrite(item))
        {
            Assert.That(writer.WriteAsync(item).AsTask().Wait(Crew.Patience), Is.True, "the reader keeps up");
        }

        return true;
    }

    private static bool Wait<T>(ChannelReader<T> reader)
    {
        ValueTask<bool> there = reader.WaitToReadAsync();
        if (there.IsCompleted)
        {
            return there.Result;
        }

        Task<bool> task = there.AsTask();
        Assert.That(task.Wait(Crew.Patience), Is.True, "the writer goes on");
        return task.Result;
    }
}
