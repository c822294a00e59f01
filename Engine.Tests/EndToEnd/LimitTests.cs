using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

[Platform("Linux", Reason = NeedsEpoll)]
public sealed class LimitTests : ProxyFixture
{
    [Test]
    public async Task Beyond_the_connection_limit_clients_are_refused_and_the_others_served()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--workers", "1", "--max-connections", "5");
        List<(Peer Client, Peer Server)> open = [];
        for (int i = 0; i < 5; i++)
        {
            open.Add(await ConnectAsync(proxy, origin));
        }

        for (int i = 0; i < 3; i++)
        {
            Peer refused = await ConnectAsync(proxy);
            await refused.IsTurnedAwayAsync();
        }

        foreach ((Peer client, Peer server) in open)
        {
            await ExchangeAsync(client, server);
        }

        open[2].Client.Finish();
        await open[2].Server.EndsAsync();
        open[2].Server.Finish();
        await open[2].Client.EndsAsync();
        (Peer late, Peer lateServer) = await ConnectAsync(proxy, origin);
        await ExchangeAsync(late, lateServer);

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((9, 3)));
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((6, 6)));
    }

    /// <summary>
    /// The arena is held for clients that read nothing; then they read, and nothing is lost. Meanwhile the time is told by clients
    /// beyond the connection limit: to turn them away costs the event loop a turn, but no memory.
    /// </summary>
    [Test]
    public async Task An_arena_that_slow_readers_exhaust_loses_nothing()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(
            origin, "--workers", "1", "--max-connections", "8", "--mbufs", "32", "--clusters", "16");
        List<(Peer Client, Peer Server)> open = [];
        for (int i = 0; i < 8; i++)
        {
            open.Add(await ConnectAsync(proxy, origin));
        }

        long[] sent = new long[open.Count];
        for (int i = 0; i < open.Count; i++)
        {
            sent[i] = await Flood.FillAsync(open[i].Server, () => BeTurnedAwayAsync(proxy));
            open[i].Server.Finish();
        }

        (long Received, bool WasReset)[] taken = await Task.WhenAll(open.Select(static pair => Flood.TakeAsync(pair.Client)));

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That(taken, Is.EqualTo(sent.Select(static bytes => (bytes, false))));
        Assert.That(figures.BytesToClient, Is.EqualTo(sent.Sum()));
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((8 + (8 * Flood.Rounds), 8 * Flood.Rounds)));
        Assert.That(figures.ClustersHighWater, Is.InRange(8, 16));
    }

    private async Task BeTurnedAwayAsync(ProxyProcess proxy)
    {
        using Peer client = await Peer.ConnectAsync(proxy.Address, Patience);
        await client.IsTurnedAwayAsync();
    }
}
