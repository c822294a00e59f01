using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Versus;
using Engine.Samples.Linux;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class PlacementTests
{
    private const long Plenty = 1L << 40;

    [Test]
    public void One_core_is_not_enough_for_handing_over()
    {
        var alone = new Placement(Core: 3, SecondCore: null, Milliseconds: 1);
        var pair = new Placement(Core: 3, SecondCore: 2, Milliseconds: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alone.Hinders(OperationFamily.FindCompared("handoff-burst32"), Plenty), Does.Contain("takes 2 cores"));
            Assert.That(pair.Hinders(OperationFamily.FindCompared("handoff-burst32"), Plenty), Is.Null);
            Assert.That(alone.Hinders(OperationFamily.FindCompared("alloc-free"), Plenty), Is.Null);
        }
    }

    [Test]
    public void A_million_in_flight_need_gigabytes()
    {
        var placement = new Placement(Core: 0, SecondCore: null, Milliseconds: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(placement.Hinders(OperationFamily.FindCompared("inflight-1048576"), 1L << 30), Does.Contain("memory"));
            Assert.That(placement.Hinders(OperationFamily.FindCompared("inflight-65536"), 1L << 30), Is.Null);
            Assert.That(placement.Hinders(OperationFamily.FindCompared("inflight-1048576"), Plenty), Is.Null);
        }
    }

    [Test]
    public void The_last_cores_that_may_be_used_are_taken()
    {
        IReadOnlyList<int> cores = Cores.Usable();
        var placement = Placement.OfThisProcess(milliseconds: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cores, Is.Ordered.And.Unique);
            Assert.That(placement.Core, Is.EqualTo(cores[^1]));
            Assert.That(placement.SecondCore, Is.EqualTo(cores.Count > 1 ? cores[^2] : null));
        }
    }

    [TestCase("/", "has no Engine.Bench")]
    [TestCase("no-such-commit", "no commit that can be checked out")]
    [TestCase("--detach", "is no commit")]
    public void A_checkout_that_cannot_be_built_says_why(string checkout, string reason)
    {
        using var before = new BeforePeer(checkout, new Placement(Core: 0, SecondCore: null, Milliseconds: 1));
        Assert.That(before.MissingBecause, Does.Contain(reason));
        Assert.That(before.Does(OperationFamily.Compared[0]), Is.False);
    }

    [Test]
    public void A_peer_that_cannot_be_built_says_how_it_is_installed()
    {
        using var dpdk = new DpdkPeer(new Placement(Core: 0, SecondCore: null, Milliseconds: 1), compiler: "no-such-compiler");
        Assert.That(dpdk.MissingBecause, OperatingSystem.IsLinux() ? Does.Contain("apt-get install libdpdk-dev") : Is.Not.Null);
    }
}
