using System.Net;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// Random data in pieces of random sizes, in both directions at once, with half-closes by either side and resets in the midst.
/// The seed is the test's argument; a connection that goes wrong names its own.
/// </summary>
[Platform("Linux", Reason = NeedsEpoll)]
public sealed class RandomTrafficTests : ProxyFixture
{
    [TestCase(1)]
    [TestCase(2, "--workers", "1")]
    [TestCase(3, "--workers", "4", "--high-water", "4k")]
    [TestCase(4, "--high-water", "8m")]
    public async Task Every_byte_arrives_and_every_end_is_passed_on(int seed, params string[] arguments)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, arguments);
        var run = new TrafficRun(origin, proxy, Patience) { Seed = seed, Connections = 200, AtATime = 40, MostBytes = 1_000_000 };
        await run.RunAsync();

        ProxyFigures figures = await EndAsync(proxy);

        Assert.That((run.Done, run.TurnedAway), Is.EqualTo((run.Connections, 0)));
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((run.Connections, 0)));
        run.Agrees(figures);
    }

    [Test]
    public async Task A_backend_that_is_down_among_others_costs_nothing()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(IPAddress.Loopback, [DeadAddress(), origin.Address, DeadAddress()]);
        var run = new TrafficRun(origin, proxy, Patience) { Seed = 5, Connections = 200, AtATime = 40, MostBytes = 300_000 };
        await run.RunAsync();

        ProxyFigures figures = await EndAsync(proxy);

        Assert.That((run.Done, run.TurnedAway), Is.EqualTo((run.Connections, 0)));
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((run.Connections, 0)));
        run.Agrees(figures);
    }

    /// <summary>While connections wait for memory new ones are turned away, but those that exist lose nothing.</summary>
    [TestCase(16, 8)]
    [TestCase(64, 32)]
    [TestCase(300, 300)]
    public async Task In_a_tiny_arena_existing_connections_lose_nothing(int mbufs, int clusters)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--mbufs", $"{mbufs}", "--clusters", $"{clusters}");
        var run = new TrafficRun(origin, proxy, Patience) { Seed = mbufs, Connections = 200, AtATime = 40, MostBytes = 700_000 };
        await run.RunAsync();

        ProxyFigures figures = await EndAsync(proxy);

        Assert.That(run.Done, Is.GreaterThan(0));
        Assert.That(figures.Connections, Is.EqualTo(run.Connections));
        Assert.That(figures.Refused, Is.EqualTo(run.TurnedAway));
        Assert.That(figures.ClustersHighWater, Is.LessThanOrEqualTo(clusters));
        run.Agrees(figures);
    }
}
