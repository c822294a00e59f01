using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>One form of allocation, so that a test can be written once for all of them.</summary>
internal delegate MbufChain Allocation(in MbufScope mbufs);

/// <summary>Small arenas, what tests do with all of an arena, and the proof that a test left nothing behind.</summary>
internal static class Arenas
{
    public static MbufArena Of(int mbufs, int clusters = 0, int jumbos = 0, int caches = 8, int? packets = null, bool isChecked = false)
        => new(new MbufArenaOptions
        {
            Mbufs = mbufs,
            Clusters = clusters,
            PageClusters = jumbos,
            Jumbo9Clusters = jumbos,
            Jumbo16Clusters = jumbos,
            Caches = caches,
            Packets = packets,
            Checked = isChecked,
            HugePages = false,
        })
        {
            LongestSleep = int.MaxValue, // Nobody is saved by looking again who should have been woken.
        };

    /// <summary>Allocates until the arena says no.</summary>
    public static List<Mbuf> TakeAll(in MbufScope mbufs, Allocation allocation)
    {
        var taken = new List<Mbuf>();
        while (true)
        {
            MbufChain chain = allocation(in mbufs);
            if (chain.IsNull)
            {
                return taken;
            }

            taken.Add(chain.Detach());
        }
    }

    /// <summary>Allocates a number of packets, each of which must be there.</summary>
    public static List<Mbuf> Take(in MbufScope mbufs, int count, Allocation allocation)
    {
        var taken = new List<Mbuf>(count);
        for (int number = 0; number < count; number++)
        {
            MbufChain chain = allocation(in mbufs);
            Assert.That(chain.IsNull, Is.False, $"allocation {number} of {count}");
            taken.Add(chain.Detach());
        }

        return taken;
    }

    public static void FreeAll(in MbufScope mbufs, List<Mbuf> packets)
    {
        mbufs.Free(CollectionsMarshal.AsSpan(packets));
        packets.Clear();
    }

    /// <summary>Everything that the arena has is there, once, and free.</summary>
    public static void AssertSettled(this MbufArena arena)
    {
        MbufAudit audit = arena.Audit();
        Assert.That(audit.Problems, Is.Empty);
        Assert.That(audit.LiveChains, Is.Zero, "live chains");
        Assert.That(arena.LiveMbufs, Is.Zero, "live mbufs");
    }
}
