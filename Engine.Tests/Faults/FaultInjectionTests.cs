using NUnit.Framework;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>
/// For every operation that needs memory, and chains of every kind: whichever of its allocations fails, it says so, the chain is
/// what it was, bytes and layout, nothing has leaked, and the same operation works when there is memory again.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class FaultInjectionTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Fault[] s_faults = [.. Fault.All];

    private readonly List<Mbuf> _kept = [];

    [TestCaseSource(nameof(s_faults))]
    public void Whichever_allocation_fails_everything_is_as_it_was(object operation)
    {
        var fault = (Fault)operation;
        long allocations = 0;
        foreach (FaultShape shape in FaultShape.All.Where(fault.Suits))
        {
            int failing = 0;
            try
            {
                long needed = Succeed(fault, shape, out byte[] result);
                allocations += needed;
                for (failing = 1; failing <= needed; failing++)
                {
                    Fail(fault, shape, failing, result);
                }

                failing = -1;
                Fail(fault, shape, needed == 0 ? 0 : failing, result);
            }
            catch (Exception exception)
            {
                using MbufScope mbufs = Arena.Enter();
                FreeKept(mbufs);
                string which = failing switch { 0 => "none", -1 => "all", _ => $"number {failing}" };
                throw new AssertionException($"{shape}; failing allocation: {which}. {exception.Message}", exception);
            }
        }

        Assert.That(allocations, Is.Positive, "An operation that allocates on no shape is not tried by this.");
    }

    /// <summary>Without failure: how many allocations it makes, and what the chain holds afterwards.</summary>
    private long Succeed(Fault fault, FaultShape shape, out byte[] result)
    {
        long before = Arena.Stress.Allocations;
        using (MbufScope mbufs = Arena.Enter())
        {
            using MbufChain chain = shape.Build(mbufs, _kept);
            using MbufChain partner = FaultShape.BuildPartner(mbufs, _kept);
            byte[][] others = Others(mbufs, partner);
            Arena.Stress.FailAllocationNumber = long.MaxValue;
            Assert.That(fault.Attempt(mbufs, chain, partner), "There is memory for it.");
            Arena.Stress.FailAllocationNumber = 0;
            result = Sane(chain);
            Assert.That(Others(mbufs, partner), Is.EqualTo(others), "Packets that share storage see no change.");
            FreeKept(mbufs);
        }

        AssertNothingLives();
        return Arena.Stress.Allocations - before;
    }

    /// <summary>With the failure of one allocation; of all, for -1; of none, for 0.</summary>
    private void Fail(Fault fault, FaultShape shape, int number, byte[] result)
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            using MbufChain chain = shape.Build(mbufs, _kept);
            using MbufChain partner = FaultShape.BuildPartner(mbufs, _kept);
            byte[] bytes = ChainAssert.Bytes(chain);
            byte[][] others = Others(mbufs, partner);
            ChainSnapshot before = ChainSnapshot.Of(chain);
            ChainSnapshot partnerBefore = ChainSnapshot.Of(partner);
            string used = Used();

            bool done = AttemptStruck(fault, fault.Recovers || shape.IsLong, number, mbufs, chain, partner);
            partnerBefore.AssertUnchanged(partner);
            Assert.That(Others(mbufs, partner), Is.EqualTo(others), "Packets that share storage see no change.");
            if (!done)
            {
                before.AssertUnchanged(chain);
                Assert.That(Sane(chain), Is.EqualTo(bytes), "The bytes are what they were.");
                Assert.That(Used(), Is.EqualTo(used), "Nothing has leaked.");
                Assert.That(fault.Attempt(mbufs, chain, partner), "With memory, the same works.");
            }

            Assert.That(Sane(chain), Is.EqualTo(result), "It did what it does without failure.");
            FreeKept(mbufs);
        }

        AssertNothingLives();
    }

    private bool AttemptStruck(Fault fault, bool recovers, int number, in MbufScope mbufs, MbufChain chain, MbufChain partner)
    {
        Arena.Stress.FailAllocationNumber = Math.Max(0, number);
        Arena.Stress.AllocationFailureRate = number < 0 ? 1 : 0;
        long failures = Arena.Stress.AllocationFailures;
        bool done = fault.Attempt(mbufs, chain, partner);
        Arena.Stress.FailAllocationNumber = 0;
        Arena.Stress.AllocationFailureRate = 0;
        Assert.That(Arena.Stress.AllocationFailures - failures, number > 0 ? Is.EqualTo(1) : Is.GreaterThanOrEqualTo(-number));
        Assert.That(done, number == 0 ? Is.True : number < 0 || !recovers ? Is.False : Is.True.Or.False);
        return done;
    }

    private static byte[] Sane(MbufChain chain)
    {
        Assert.That(chain.IsSane(out string? problem), problem);
        return ChainAssert.Bytes(chain);
    }

    /// <summary>What the other packets hold: the partner, and those that share the chain's storage.</summary>
    private byte[][] Others(in MbufScope mbufs, MbufChain partner)
    {
        var contents = new List<byte[]> { Sane(partner) };
        for (int i = 0; i < _kept.Count; i++)
        {
            MbufChain kept = mbufs.Open(_kept[i]);
            contents.Add(Sane(kept));
            _kept[i] = kept.Detach();
        }

        return [.. contents];
    }

    private void FreeKept(in MbufScope mbufs)
    {
        mbufs.Free(_kept.ToArray());
        _kept.Clear();
    }

    /// <summary>How many items of each zone are in use.</summary>
    private string Used()
    {
        MbufStatistics now = Arena.GetStatistics();
        MbufZoneStatistics[] zones =
            [now.Mbufs, now.Clusters, now.PageClusters, now.Jumbo9Clusters, now.Jumbo16Clusters, now.ExternalStorages, now.Packets];
        return string.Join(", ", zones.Select(static zone => zone.Current)) + $"; {Arena.LiveMbufs} live";
    }

    private void AssertNothingLives()
    {
        Arena.Audit().ThrowIfInconsistent();
        Assert.That(Arena.LiveMbufs, Is.Zero, "Mbufs that are live when all chains were freed.");
        Assert.That(Used(), Is.EqualTo("0, 0, 0, 0, 0, 0, 0; 0 live"));
    }
}
