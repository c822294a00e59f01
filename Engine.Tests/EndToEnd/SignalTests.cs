using System.Globalization;
using System.Net.Sockets;

using Engine.Samples.Linux;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>SIGTERM and SIGINT: no new clients, and the others may finish for as long as the drain timeout says.</summary>
[Platform("Linux", Reason = NeedsEpoll)]
public sealed class SignalTests : ProxyFixture
{
    /// <summary>Clients that the system keeps for a listener.</summary>
    private static int LongestQueue
        => int.Parse(File.ReadAllText("/proc/sys/net/core/somaxconn").TrimEnd(), CultureInfo.InvariantCulture);

    /// <summary>With an hour to drain, that it ends at all shows that it ended because all had finished.</summary>
    [TestCase(Signals.Terminate)]
    [TestCase(Signals.Interrupt)]
    public async Task A_connection_may_finish_after_the_signal_and_new_ones_are_not_taken(int signal)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--drain-timeout", "1h");
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        await ExchangeAsync(client, server);

        proxy.Signal(signal);
        await NoLongerListensAsync(proxy);
        await server.SendAsync("the rest"u8.ToArray());
        server.Finish();
        Assert.That(await client.ReceiveToEndAsync(), Is.EqualTo("the rest"u8.ToArray()));
        client.Finish();
        await server.EndsAsync();

        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((1, 9)));
    }

    [Test]
    public async Task A_signal_during_traffic_costs_no_byte_of_the_connections_that_exist([Values(11, 12)] int seed)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--drain-timeout", "1h");
        var run = new TrafficRun(origin, proxy, Patience)
        {
            Seed = seed,
            Connections = 200,
            AtATime = 40,
            MostBytes = 1_000_000,
            OnDone = done => SignalOnce(proxy, done == 30),
        };
        await run.RunAsync();

        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();

        Assert.That(run.Done, Is.GreaterThanOrEqualTo(30));
        Assert.That(run.Done + run.TurnedAway, Is.EqualTo(run.Connections));
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((run.Done, 0)));
        run.Agrees(figures);
    }

    /// <summary>The proxy is held still, so that clients wait in its listener's queue when it learns that it is to end.</summary>
    [Test]
    public async Task Clients_that_the_system_accepted_before_the_signal_are_served()
    {
        int clients = Math.Min(1_000, LongestQueue / 2);
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--workers", "1", "--drain-timeout", "1h");
        proxy.Signal(Signals.Stop);
        for (int i = 0; i < clients; i++)
        {
            Peer client = await ConnectAsync(proxy);
            await client.SendAsync(new byte[10]);
            client.Finish();
        }

        proxy.Signal(Signals.Terminate);
        proxy.Signal(Signals.Continue);
        for (int i = 0; i < clients; i++)
        {
            Peer server = await AcceptAsync(origin);
            Assert.That(await server.ReceiveToEndAsync(), Has.Length.EqualTo(10));
            server.Finish();
        }

        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();
        Assert.That((figures.Connections, figures.Refused, figures.BytesToBackend), Is.EqualTo((clients, 0, 10 * clients)));
    }

    [Test]
    public async Task What_has_not_finished_when_the_time_is_over_is_reset()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--workers", "1", "--drain-timeout", "100ms");
        (Peer Client, Peer Server) clock = await ConnectAsync(proxy, origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        long sent = await Flood.FillAsync(server, () => ExchangeAsync(clock.Client, clock.Server));

        proxy.Signal(Signals.Terminate);
        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();

        (long received, bool wasReset) = await Flood.TakeAsync(client);
        Assert.That(wasReset, "Half an answer must not look like the whole.");
        Assert.That(received, Is.LessThan(sent));
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task Without_time_to_drain_the_end_comes_at_once()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--drain-timeout", "0");
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        await ExchangeAsync(client, server);

        proxy.Signal(Signals.Terminate);
        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();

        Assert.That(await client.TryReceiveByteAsync(), Is.False);
        Assert.That(await server.TryReceiveByteAsync(), Is.False);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task A_second_signal_costs_neither_the_report_nor_the_exit_code()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--drain-timeout", "1h");
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        await ExchangeAsync(client, server);

        proxy.Signal(Signals.Terminate);
        await NoLongerListensAsync(proxy);
        proxy.Signal(Signals.Terminate);
        proxy.Signal(Signals.Interrupt);
        await ExchangeAsync(client, server);
        client.Dispose();
        server.Dispose();

        ProxyFigures figures = (await proxy.EndsAsync(Patience)).IsGood();
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((2, 2)));
    }

    private static void SignalOnce(ProxyProcess proxy, bool now)
    {
        if (now)
        {
            proxy.Signal(Signals.Terminate);
        }
    }

    /// <summary>The drain has begun as soon as nobody is taken any more. Who came too early is gone at once.</summary>
    private async Task NoLongerListensAsync(ProxyProcess proxy)
    {
        while (true)
        {
            Patience.ThrowIfCancellationRequested();
            try
            {
                (await Peer.ConnectAsync(proxy.Address, Patience)).Reset();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // It came while the listener was being closed.
            }
        }
    }
}
