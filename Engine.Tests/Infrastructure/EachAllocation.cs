using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Lets each allocation that an operation makes fail in turn, and shows that the failure leaves nothing behind.</summary>
internal static class EachAllocation
{
    /// <param name="chain">The chain, which must be as it was after each failure: its layout, its bytes, its header.</param>
    /// <param name="operation">Returns false if it was refused.</param>
    /// <returns>How many allocations failed and made the operation fail. It has succeeded at the end.</returns>
    public static int Fails(MbufChain chain, Func<MbufChain, bool> operation)
    {
        MbufArena arena = chain.Cache.Arena;
        byte[] bytes = ChainAssert.Bytes(chain);
        for (int number = 1; ; number++)
        {
            var before = ChainSnapshot.Of(chain);
            int live = arena.LiveMbufs;
            arena.Stress.FailAllocationNumber = number;
            bool done = operation(chain);
            bool struck = arena.Stress.FailAllocationNumber == 0;
            arena.Stress.FailAllocationNumber = 0;
            if (done)
            {
                return number - 1;
            }

            Assert.That(struck, $"Allocation {number} did not come, and yet the operation was refused.");
            Assert.That(arena.LiveMbufs, Is.EqualTo(live), $"Mbufs that are left over when allocation {number} fails.");
            before.AssertUnchanged(chain);
            ChainAssert.HoldsWhateverTheHeaderSays(chain, bytes);
        }
    }
}
