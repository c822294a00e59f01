using System.Net;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

[Platform("Linux", Reason = NeedsEpoll)]
public sealed class BackendTests : ProxyFixture
{
    [Test]
    public async Task Backends_take_turns()
    {
        Origin[] origins = [NewOrigin(), NewOrigin(), NewOrigin()];
        ProxyProcess proxy = await StartAsync(IPAddress.Loopback, origins.Select(static origin => origin.Address));
        for (int i = 0; i < 9; i++)
        {
            Peer client = await ConnectAsync(proxy);
            Peer server = await AcceptAsync(origins[i % 3]);
            await ExchangeAsync(client, server);
        }

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((9, 0)));
    }

    [Test]
    public async Task When_a_backend_is_down_the_next_is_tried()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(IPAddress.Loopback, [DeadAddress(), origin.Address]);
        for (int i = 0; i < 20; i++)
        {
            (Peer client, Peer server) = await ConnectAsync(proxy, origin);
            await ExchangeAsync(client, server);
        }

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((20, 0)));
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((20, 20)));
    }

    [Test]
    public async Task When_all_backends_are_down_clients_are_refused_and_the_proxy_goes_on()
    {
        ProxyProcess proxy = await StartAsync(IPAddress.Loopback, [DeadAddress(), DeadAddress()]);
        for (int i = 0; i < 50; i++)
        {
            Peer client = await ConnectAsync(proxy);
            await client.IsTurnedAwayAsync();
        }

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((50, 50)));
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_backend_that_does_not_answer_in_time_is_given_up_for_the_next()
    {
        Origin origin = NewOrigin();
        using var silent = new SilentBackend();
        ProxyProcess proxy = await StartAsync(
            IPAddress.Loopback, [silent.Address, origin.Address], "--workers", "1", "--connect-timeout", "100ms");
        Peer client = await ConnectAsync(proxy);
        await client.SendAsync("kept meanwhile"u8.ToArray());
        Peer server = await AcceptAsync(origin);

        Assert.That(await server.ReceiveAsync(14), Is.EqualTo("kept meanwhile"u8.ToArray()));

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused, figures.BytesToBackend), Is.EqualTo((1, 0, 14)));
    }

    [Test]
    public async Task A_client_whose_only_backend_does_not_answer_in_time_is_refused()
    {
        using var silent = new SilentBackend();
        ProxyProcess proxy = await StartAsync(IPAddress.Loopback, [silent.Address], "--connect-timeout", "100ms");
        Peer client = await ConnectAsync(proxy);
        await client.SendAsync("for nobody"u8.ToArray());

        await client.IsTurnedAwayAsync();

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused, figures.BytesToBackend), Is.EqualTo((1, 1, 0)));
    }

    /// <summary>A drain of an hour ends at once, because nobody is left to wait for.</summary>
    [Test]
    public async Task Clients_that_go_away_while_a_backend_is_awaited_leave_nothing()
    {
        using var silent = new SilentBackend();
        ProxyProcess proxy = await StartAsync(
            IPAddress.Loopback, [silent.Address], "--connect-timeout", "1h", "--drain-timeout", "1h");
        for (int i = 0; i < 20; i++)
        {
            Peer client = await ConnectAsync(proxy);
            await client.SendAsync("hello"u8.ToArray());
            client.Reset();
        }

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.BytesToBackend), Is.EqualTo((20, 0)));
    }

    [Test]
    public async Task Listener_and_backend_may_be_of_either_family()
    {
        SkipWithoutInet6();
        Origin origin = NewOrigin(IPAddress.IPv6Loopback);
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);

        await ExchangeAsync(client, server);

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task Addresses_may_be_names()
    {
        Origin origin = NewOrigin();
        string port = origin.Address[origin.Address.LastIndexOf(':')..];
        ProxyProcess proxy = Launch("--json", "--listen", "localhost:0", "--backend", "localhost" + port);
        await proxy.ListensAsync(Patience);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);

        await ExchangeAsync(client, server);

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((1, 0)));
    }
}
