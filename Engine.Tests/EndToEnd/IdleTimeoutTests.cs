using System.Diagnostics;
using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

[Platform("Linux", Reason = NeedsEpoll)]
public sealed class IdleTimeoutTests : ProxyFixture
{
    [Test]
    public async Task A_connection_at_rest_ends_in_order_on_both_sides()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--idle-timeout", "200ms");
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);

        await client.EndsAsync();
        await server.EndsAsync();

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task A_half_closed_connection_at_rest_ends_too()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--idle-timeout", "200ms");
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        client.Finish();

        await server.EndsAsync();
        await client.EndsAsync();

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((1, 0)));
    }

    /// <summary>Twice as long as the timeout; only if this very test made a pause is it no wonder that it was cut off.</summary>
    [Test]
    public async Task A_connection_in_use_is_not_idle()
    {
        var timeout = TimeSpan.FromSeconds(1);
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--idle-timeout", "1s");
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        var clock = Stopwatch.StartNew();
        TimeSpan last = TimeSpan.Zero;
        TimeSpan longestPause = TimeSpan.Zero;
        try
        {
            while (last < 2 * timeout)
            {
                await ExchangeAsync(client, server);
                longestPause = TimeSpan.FromTicks(Math.Max(longestPause.Ticks, (clock.Elapsed - last).Ticks));
                last = clock.Elapsed;
            }
        }
        catch (Exception e) when (e is SocketException or AssertionException && clock.Elapsed - last > timeout / 2)
        {
            Assert.Inconclusive("The machine was too slow to keep a connection in use.");
        }

        _ = await EndAsync(proxy);
    }
}
