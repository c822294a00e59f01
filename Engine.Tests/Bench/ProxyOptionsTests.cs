using System.Runtime.Versioning;
using Engine.Mbufs.Bench.Proxy;
using Engine.Samples.Options;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

[Category("Bench")]
[Platform("Linux", Reason = "The verb runs on Linux only.")]
[SupportedOSPlatform("linux")]
public sealed class ProxyOptionsTests
{
    [Test]
    public void Without_options_everything_is_measured()
    {
        ProxyOptions options = ProxyOptions.Parse([]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Scenarios, Is.EqualTo(Scenario.All));
            Assert.That(options.Proxies, Is.EqualTo(ProxyPeer.All));
            Assert.That((options.Rounds, options.BurstSeconds, options.JsonPath), Is.EqualTo((15, 0.4, (string?)null)));
        }
    }

    [Test]
    public void Scenarios_and_proxies_are_chosen_by_name_each_once()
    {
        string[] said = ["--only", "bulk-8", "--only", "small-1", "--only", "bulk-8", "--proxies", "nginx,engine"];
        ProxyOptions options = ProxyOptions.Parse(said);

        Assert.That(options.Scenarios.Select(scenario => scenario.Name), Is.EqualTo(new[] { "bulk-8", "small-1" }));
        Assert.That(options.Proxies.Select(proxy => proxy.Name), Is.EqualTo(new[] { "nginx", "engine" }));
    }

    [Test]
    public void What_is_said_holds_whatever_quick_means([Values] bool quickFirst)
    {
        string[] said = ["--rounds", "4", "--burst-seconds", "0.3"];
        ProxyOptions options = ProxyOptions.Parse(quickFirst ? ["--quick", .. said] : [.. said, "--quick"]);

        Assert.That((options.Rounds, options.BurstSeconds), Is.EqualTo((4, 0.3)));
        Assert.That(ProxyOptions.Parse(["--quick"]).Rounds, Is.LessThan(15));
    }

    [TestCase("--only", "tiny", "There is no scenario 'tiny': small-64")]
    [TestCase("--proxies", "engine,squid", "There is no proxy 'squid': engine, haproxy")]
    [TestCase("--rounds", "0", "--rounds: '0' is not a number from 1 to 1000")]
    [TestCase("--burst-seconds", "-1", "--burst-seconds: '-1' is not a number, such as 0.5, from 0.05 to 60")]
    [TestCase("--burst-seconds", "0,5", "--burst-seconds: '0,5' is not a number")]
    [TestCase("--json", null, "--json needs a value; write --json FILE")]
    [TestCase("--json", "/no/such/folder/x.json", "--json needs a file in a folder that is there, not '/no/such/folder/x.json'.")]
    [TestCase("--fast", null, "unknown option --fast; --help lists the options")]
    public void What_is_wrong_is_named(string option, string? value, string message)
        => Assert.That(
            () => ProxyOptions.Parse(value is null ? [option] : [option, value]),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(message));

    [Test]
    public void The_help_names_every_scenario_and_every_proxy()
    {
        IEnumerable<string> scenarios = Scenario.All.Select(scenario => scenario.Name);

        foreach (string name in scenarios.Concat(ProxyPeer.All.Select(peer => peer.Name)))
        {
            Assert.That(ProxyOptions.Help, Does.Contain($"  {name} "));
        }
    }
}
