using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Shows that work allocates no managed memory once it is warm.</summary>
internal static class AllocationAssert
{
    private const int WarmUps = 3;

    public static void IsFree(Action work)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            work();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.Zero, "Managed bytes allocated after warming up.");
    }

    public static void IsFree(MbufArena arena, Action<MbufScope> work)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            using MbufScope warm = arena.Enter();
            work(warm);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using (MbufScope mbufs = arena.Enter())
        {
            work(mbufs);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.Zero, "Managed bytes allocated after warming up.");
    }
}
