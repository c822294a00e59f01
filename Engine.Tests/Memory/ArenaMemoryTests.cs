using System.Diagnostics;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class ArenaMemoryTests
{
    [Test]
    public void A_large_limit_costs_address_space_and_no_resident_memory()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The working set is compared on Linux only: elsewhere it counts memory that is committed, or is trimmed.");
        }

        long before = WorkingSet();
        using var arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = 4_000_000, // 1 GB
            Clusters = 1_000_000, // 2.2 GB
            Jumbo16Clusters = 100_000, // 1.7 GB
            HugePages = false,
        });
        Assert.That(arena.Layout.Length, Is.GreaterThan(4L << 30));
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain packet = mbufs.AllocatePacket();
            using MbufChain jumbo = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
            Assert.That(packet.TryAppend(new byte[2048]), Is.True);
            Assert.That(jumbo.TryAppend(new byte[16384]), Is.True);
        }

        Assert.That(WorkingSet() - before, Is.LessThan(256L << 20), "of more than 4 GiB reserved");
        arena.AssertSettled();
    }

    /// <summary>More than most machines have, and more than any has twice.</summary>
    [Test]
    public void Limits_may_come_to_more_than_the_machine_has()
    {
        if (!OperatingSystem.IsLinux() || Portability.IsForced)
        {
            Assert.Ignore("The portable region is the C library's to grant or to refuse.");
        }

        using var arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = 8_000_000, // 2.6 GB
            Clusters = 10_000_000, // 22 GB
            Jumbo16Clusters = 1_000_000, // 16.5 GB
        });
        Assert.That(arena.Layout.Length, Is.GreaterThan(40_000_000_000));
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain packet = mbufs.AllocatePacketFrom(BytePattern.Of(5000), 0, 0);
            using MbufChain jumbo = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
            Assert.That(jumbo.TryAppend(new byte[16384]), Is.True);
            ChainAssert.Holds(packet, BytePattern.Of(5000));
        }

        arena.AssertSettled();
    }

    [Test]
    public void Fresh_storage_shows_nothing_of_an_arena_that_was_there_before([Values] bool prefault)
    {
        var options = new MbufArenaOptions
        {
            Mbufs = 600,
            Clusters = 200,
            PageClusters = 100,
            Jumbo9Clusters = 100,
            Jumbo16Clusters = 100,
            HugePages = false,
            Prefault = prefault,
        };
        for (int round = 0; round < 4; round++)
        {
            using var arena = new MbufArena(options);
            using MbufScope mbufs = arena.Enter();
            foreach (MbufClusterSize size in Enum.GetValues<MbufClusterSize>())
            {
                Arenas.TakeAll(mbufs, (in mbufs) => CheckZeroAndFill(mbufs.AllocatePacket(size)));
            }

            Arenas.TakeAll(mbufs, static (in mbufs) => CheckZeroAndFill(mbufs.AllocateMbuf()));
        }
    }

    [Test]
    public void Storages_of_different_mbufs_never_overlap()
    {
        using MbufArena arena = Arenas.Of(mbufs: 300, clusters: 60, jumbos: 20);
        using (MbufScope mbufs = arena.Enter())
        {
            List<Mbuf> all = Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket());
            all.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Page)));
            all.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo9)));
            all.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocatePacket(MbufClusterSize.Jumbo16)));
            all.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.AllocateMbuf()));
            Assert.That(all, Has.Count.EqualTo(300));
            for (int number = 0; number < all.Count; number++)
            {
                all[number] = FillWhole(mbufs.Open(all[number]), (byte)number);
            }

            for (int number = 0; number < all.Count; number++)
            {
                using MbufChain chain = mbufs.Open(all[number]);
                Assert.That(chain.FirstSpan.IndexOfAnyExcept((byte)number), Is.EqualTo(-1), $"mbuf {number}");
            }
        }

        arena.AssertSettled();
    }

    private static MbufChain CheckZeroAndFill(MbufChain chain)
    {
        if (!chain.IsNull)
        {
            Assert.That(chain.TryAppend(chain.Tailroom, out Span<byte> room) && chain.TryPrepend(chain.Headroom, out _));
            Assert.That(chain.FirstSpan.IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
            chain.TryGetWritable(out room);
            room.Fill(0xEE);
        }

        return chain;
    }

    private static Mbuf FillWhole(MbufChain chain, byte value)
    {
        int behind = chain.Tailroom;
        Assert.That(chain.TryAppend(behind, out Span<byte> room), Is.True);
        room.Fill(value);
        Assert.That(chain.TryPrepend(chain.Headroom, out Span<byte> front), Is.True);
        front.Fill(value);
        Assert.That(chain.SegmentCount, Is.EqualTo(1));
        return chain.Detach();
    }

    private static long WorkingSet()
    {
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
