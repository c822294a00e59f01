using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Packets over the same storage that are freed together: their references are counted down together.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class GatheredFreeTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Storage_of_every_kind_goes_back_once([Values(1, 2, 5)] int shares, [Values] bool isQueue)
    {
        foreach (SegmentKind kind in Enum.GetValues<SegmentKind>())
        {
            using MbufScope mbufs = Arena.Enter();
            var all = new List<Mbuf>();
            MbufChain packet = Build(mbufs, Pattern(150), new Segment(kind, 150));
            for (int i = 1; i < shares; i++)
            {
                all.Add(packet.Share().Detach());
            }

            all.Add(packet.Detach());
            Free(mbufs, all, isQueue);
            FreePartners(mbufs);
            Assert.That(Arena.LiveMbufs, Is.Zero);
        }
    }

    [Test]
    public void Packets_of_several_storages_in_any_order([Values] bool isQueue, [Values] bool isMixed)
    {
        Segment[] layout = isMixed
            ? [Segment.Cluster(100), Segment.Jumbo(MbufClusterSize.Page, 100), Segment.External(100)]
            : [Segment.Cluster(300)];
        var random = new Random(5);
        for (int round = 0; round < 50; round++)
        {
            using MbufScope mbufs = Arena.Enter();
            var all = new List<Mbuf>();
            for (int storage = 0; storage < 4; storage++)
            {
                MbufChain packet = Build(mbufs, Pattern(300), layout);
                for (int i = random.Next(4); i > 0; i--)
                {
                    all.Add(packet.Share().Detach());
                }

                all.Add(packet.Detach());
            }

            Mbuf[] shuffled = [.. all];
            random.Shuffle(shuffled);
            Free(mbufs, shuffled, isQueue);
            Assert.That(Arena.LiveMbufs, Is.Zero);
        }
    }

    [Test]
    public void What_is_kept_can_be_written_afterwards_and_holds_what_it_held([Values(1, 3)] int freed, [Values] bool isQueue)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain kept = Packet(mbufs, Pattern(1000));
        var all = new List<Mbuf>();
        for (int i = 0; i < freed; i++)
        {
            all.Add(kept.Share().Detach());
        }

        Assert.That(kept.IsWritable, Is.False);
        Free(mbufs, all, isQueue);
        Assert.That(kept.ReferenceCount, Is.EqualTo(1));
        Assert.That(kept.IsWritable);
        ChainAssert.Holds(kept, Pattern(1000));
    }

    [Test]
    public void A_free_routine_runs_once_when_all_are_freed([Values] bool isQueue)
    {
        using MbufScope mbufs = Arena.Enter();
        using var storage = new Attachment(500);
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(storage.Describe(MbufExternalType.NetworkDriver, MbufFlags.None), 500));
        var all = new List<Mbuf> { packet.Share().Detach(), Packet(mbufs, [1]).Detach(), packet.Share().Detach() };
        Free(mbufs, all, isQueue);
        Assert.That(storage.Calls, Is.Zero, "One refers to it still.");
        Free(mbufs, [packet.Share().Detach(), packet.Detach()], isQueue);
        Assert.That((storage.Calls, storage.Wrong), Is.EqualTo((1, 0)));
    }

    /// <summary>Each side frees some of the references at the same time; whoever is last gives the storage back.</summary>
    [Test]
    [Category("Contention")]
    public void Freed_together_on_two_threads_the_storage_goes_back_once()
    {
        using MbufArena arena = Arenas.Of(mbufs: 512, clusters: 64, jumbos: 16);
        using var turn = new Barrier(2);
        Mbuf[][] shares = [new Mbuf[4], new Mbuf[4]];
        Crew.Run(2, number =>
        {
            var queue = new MbufQueue(arena);
            for (int round = 0; round < 5_000; round++)
            {
                if (number == 0)
                {
                    using MbufScope creator = arena.Enter();
                    MbufClusterSize size = round % 2 == 0 ? MbufClusterSize.Standard : MbufClusterSize.Page;
                    using MbufChain packet = creator.AllocatePacket(size);
                    foreach (Mbuf[] side in shares)
                    {
                        for (int i = 0; i < side.Length; i++)
                        {
                            side[i] = packet.Share().Detach();
                        }
                    }
                }

                turn.Meet();
                using (MbufScope mbufs = arena.Enter())
                {
                    Free(mbufs, shares[number], queue, round % 3 == 0);
                }

                turn.Meet();
            }
        });
        arena.Audit().ThrowIfInconsistent();
        Assert.That(arena.LiveMbufs, Is.Zero);
    }

    private void Free(in MbufScope mbufs, IReadOnlyList<Mbuf> packets, bool isQueue)
        => Free(mbufs, packets, new MbufQueue(Arena), isQueue);

    private static void Free(in MbufScope mbufs, IReadOnlyList<Mbuf> packets, MbufQueue queue, bool isQueue)
    {
        if (!isQueue)
        {
            mbufs.Free(packets.ToArray());
            return;
        }

        foreach (Mbuf packet in packets)
        {
            queue.TryEnqueue(mbufs.Open(packet));
        }

        queue.Drain(mbufs);
    }
}
