using System.Text;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

[Platform("Linux", Reason = NeedsEpoll)]
public sealed class ManyConnectionsTests : ProxyFixture
{
    private const int AtATime = 100;

    [Test]
    public async Task Ten_thousand_connections_leave_nothing_live_and_allocate_nothing()
    {
        const int Connections = 10_000;
        using Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        Task serving = origin.ServeAsync(EchoAsync);
        long bytes = 0;
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => GreetAllAsync()));
        origin.Stop();
        await serving;

        ProxyFigures figures = await EndAsync(proxy);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures.Connections, Is.EqualTo(Connections));
            Assert.That(figures.Refused, Is.Zero);
            Assert.That(figures.BytesToBackend, Is.EqualTo(bytes));
            Assert.That(figures.BytesToClient, Is.EqualTo(bytes));
        }

        async Task GreetAllAsync()
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= Connections;)
            {
                int greeting = await GreetAsync(proxy, i);
                _ = Interlocked.Add(ref bytes, greeting);
            }
        }
    }

    [Test]
    public async Task Connections_that_are_open_all_at_once_each_get_their_own_bytes()
    {
        const int Connections = 300;
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        List<(Peer Client, Peer Server)> open = [];
        for (int i = 0; i < Connections; i++)
        {
            open.Add(await ConnectAsync(proxy, origin));
        }

        for (int i = 0; i < Connections; i++)
        {
            await open[i].Client.SendAsync(BytePattern.Of(100, i));
        }

        for (int i = Connections - 1; i >= 0; i--)
        {
            Assert.That(await open[i].Server.ReceiveAsync(100), Is.EqualTo(BytePattern.Of(100, i)));
        }

        ProxyFigures figures = await EndAsync(proxy);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures.Connections, Is.EqualTo(Connections));
            Assert.That(figures.BytesToBackend, Is.EqualTo(100 * Connections));
            Assert.That(figures.BytesToClient, Is.Zero);
        }
    }

    private async Task<int> GreetAsync(ProxyProcess proxy, int number)
    {
        byte[] greeting = Encoding.ASCII.GetBytes($"hello {number}");
        using Peer client = await Peer.ConnectAsync(proxy.Address, Patience);
        await client.SendAsync(greeting);
        Assert.That(await client.ReceiveAsync(greeting.Length), Is.EqualTo(greeting));
        client.Finish();
        await client.EndsAsync();
        return greeting.Length;
    }

    private static async Task EchoAsync(Peer server)
    {
        using (server)
        {
            byte[] room = new byte[64];
            for (int more; (more = await server.ReceiveAsync(room)) > 0;)
            {
                await server.SendAsync(room.AsMemory(0, more));
            }

            server.Finish();
        }
    }
}
