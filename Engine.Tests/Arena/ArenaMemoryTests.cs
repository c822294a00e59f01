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
            all.AddRange(Arenas.TakeAll(mbufs, static (in mbufs) => mbufs.Allocate()));
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

    private static Mbuf FillWhole(MbufChain chain, byte value)
    {
        int behind = chain.Tailroom;
        Assert.That(chain.TryExtend(behind, out Span<byte> room), Is.True);
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
