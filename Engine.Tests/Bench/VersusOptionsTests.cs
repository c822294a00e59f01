using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Versus;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class VersusOptionsTests
{
    [Test]
    public void All_works_and_peers_are_the_default_and_five_processes_a_side()
    {
        var options = VersusOptions.Parse([]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Works, Is.EqualTo(OperationFamily.Compared));
            Assert.That(options.Peers, Is.EqualTo(PeerNames.All));
            Assert.That(options.Rounds, Is.GreaterThanOrEqualTo(5));
        }
    }

    [Test]
    public void Works_and_peers_can_be_chosen_several_times()
    {
        var options = VersusOptions.Parse(["--only", "burst32", "--only", "chain4", "--only", "burst32", "--peer", "dpdk"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Works.Select(static work => work.Name), Is.EqualTo(["burst32", "chain4"]));
            Assert.That(options.Peers, Is.EqualTo(["dpdk"]));
        }
    }

    [Test]
    public void Another_checkout_is_compared_if_it_is_named()
    {
        var options = VersusOptions.Parse(["--before", "main", "--peer", "before"]);
        Assert.That((options.Before, options.Peers[0]), Is.EqualTo(("main", "before")));
    }

    [TestCase("--before needs a value", "--before")]
    [TestCase("--peer before needs --before", "--peer", "before")]
    [TestCase("There is no work 'burst'", "--only", "burst")]
    [TestCase("There is no peer 'netty'", "--peer", "netty")]
    [TestCase("--only needs a value", "--only")]
    [TestCase("--rounds needs a number", "--rounds", "0")]
    [TestCase("--milliseconds needs a number", "--milliseconds", "fast")]
    [TestCase("versus has no option '--fast'", "--fast")]
    [TestCase("--json needs a file in a folder that is there", "--json", "/no/such/folder/results.json")]
    public void What_is_wrong_is_said(string message, params string[] arguments)
        => Assert.That(() => VersusOptions.Parse(arguments), Throws.TypeOf<UsageException>().With.Message.StartWith(message));

    [Test]
    public void The_help_page_names_every_work_and_every_peer()
    {
        foreach (string name in OperationFamily.Compared.Select(static work => work.Name).Concat(PeerNames.All))
        {
            Assert.That(VersusOptions.Help, Does.Contain($"  {name} "));
        }
    }
}
