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
    /// All of the arena is held for clients that read nothing; then they read. Each flood is held in the kernel once the arena is
    /// exhausted, and nothing of it is lost.
    /// </summary>
    [Test]
    public async Task An_arena_that_slow_readers_exhaust_loses_nothing()
    {
        const int Bytes = 8_000_000;
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--workers", "1", "--mbufs", "32", "--clusters", "16");
        List<(Peer Client, Peer Server)> open = [];
        for (int i = 0; i < 8; i++)
        {
            open.Add(await ConnectAsync(proxy, origin));
        }

        byte[] bytes = BytePattern.Of(Bytes);
        Task[] sending = [.. open.Select(pair => SendToEndAsync(pair.Server, bytes))];
        foreach ((Peer client, Peer _) in open)
        {
            Assert.That((await client.ReceiveToEndAsync()).AsSpan().SequenceEqual(bytes), "Every byte arrived.");
            client.Finish();
        }

        await Task.WhenAll(sending);
        foreach ((Peer _, Peer server) in open)
        {
            await server.EndsAsync();
        }

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((8, 0)));
        Assert.That(figures.BytesToClient, Is.EqualTo(8L * Bytes));
        Assert.That(figures.ClustersHighWater, Is.InRange(8, 16));
    }

    private static async Task SendToEndAsync(Peer server, byte[] bytes)
    {
        await server.SendAsync(bytes);
        server.Finish();
    }
}
