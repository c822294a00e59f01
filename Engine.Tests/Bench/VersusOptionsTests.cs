using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Versus;
using Engine.Samples.Options;

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

    [TestCase(2, 60)]
    [TestCase(9, 60, "--rounds", "9")]
    [TestCase(2, 70, "--milliseconds", "70")]
    public void Only_what_stands_behind_quick_is_more_than_quick(int rounds, int milliseconds, params string[] said)
    {
        var behind = VersusOptions.Parse(["--quick", .. said]);
        var before = VersusOptions.Parse([.. said, "--quick"]);

        Assert.That((behind.Rounds, behind.Milliseconds), Is.EqualTo((rounds, milliseconds)));
        Assert.That((before.Rounds, before.Milliseconds), Is.EqualTo((2, 60)));
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
    [TestCase("--only needs a value; write --only WORK", "--only")]
    [TestCase("--rounds: '0' is not a number from 1 to 1000", "--rounds", "0")]
    [TestCase("--milliseconds: 'fast' is not a number from 1 to 60000", "--milliseconds", "fast")]
    [TestCase("unknown option --fast; --help lists the options", "--fast")]
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
