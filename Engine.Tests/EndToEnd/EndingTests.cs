using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Half-closes and resets, one at a time.</summary>
[Platform("Linux", Reason = NeedsEpoll)]
public sealed class EndingTests : ProxyFixture
{
    private const int Bytes = 3_000_000;

    [Test]
    public async Task After_a_half_close_the_other_direction_goes_on([Values] bool clientFirst)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        (Peer first, Peer second) = clientFirst ? (client, server) : (server, client);

        await SendToEndAsync(first, second, seed: 1);
        await SendToEndAsync(second, first, seed: 2);

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((Bytes, Bytes)));
        Assert.That(figures.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_connection_without_a_byte_ends_in_order([Values] bool clientFirst)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        (Peer first, Peer second) = clientFirst ? (client, server) : (server, client);

        first.Finish();
        await second.EndsAsync();
        second.Finish();
        await first.EndsAsync();

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((1, 0, 0)));
    }

    [Test]
    public async Task A_reset_stays_a_reset([Values] bool byClient)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        (Peer resets, Peer other) = byClient ? (client, server) : (server, client);
        await ExchangeAsync(client, server);

        resets.Reset();
        await other.IsResetAsync();

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.Connections, figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task What_was_sent_before_a_reset_arrives_before_it([Values] bool byClient)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        (Peer resets, Peer other) = byClient ? (client, server) : (server, client);
        await ExchangeAsync(client, server);
        byte[] last = BytePattern.Of(1000);

        await resets.SendAsync(last);
        resets.Reset();
        Assert.That(await other.ReceiveAsync(1000), Is.EqualTo(last));
        await other.IsResetAsync();

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That(figures.BytesToBackend + figures.BytesToClient, Is.EqualTo(1002));
    }

    /// <summary>Whoever is still sending learns that nobody takes it any more, and what the proxy held is given back.</summary>
    [Test]
    public async Task A_reset_stops_a_sender_that_nobody_listens_to([Values] bool byClient)
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin, "--workers", "1");
        (Peer Client, Peer Server) clock = await ConnectAsync(proxy, origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        (Peer resets, Peer sender) = byClient ? (client, server) : (server, client);
        _ = await Flood.FillAsync(sender, () => ExchangeAsync(clock.Client, clock.Server));

        resets.Reset();
        Task sending = Flood.SendForeverAsync(sender);

        Assert.That(async () => await sending, Throws.InstanceOf<SocketException>());
        _ = await EndAsync(proxy);
    }

    private static async Task SendToEndAsync(Peer from, Peer to, int seed)
    {
        byte[] bytes = BytePattern.Of(Bytes, seed);
        Task<byte[]> receiving = to.ReceiveToEndAsync();
        await from.SendAsync(bytes);
        from.Finish();
        Assert.That((await receiving).AsSpan().SequenceEqual(bytes), "Every byte arrived.");
    }
}
