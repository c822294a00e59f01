using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

[Platform("Linux", Reason = NeedsEpoll)]
public sealed class ServerFirstTests : ProxyFixture
{
    [Test]
    public async Task An_origin_may_speak_first()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);

        await server.SendAsync("220 ready\r\n"u8.ToArray());
        Assert.That(await client.ReceiveAsync(11), Is.EqualTo("220 ready\r\n"u8.ToArray()));
        await client.SendAsync("QUIT\r\n"u8.ToArray());
        Assert.That(await server.ReceiveAsync(6), Is.EqualTo("QUIT\r\n"u8.ToArray()));
        await server.SendAsync("221 bye\r\n"u8.ToArray());
        server.Finish();
        Assert.That(await client.ReceiveToEndAsync(), Is.EqualTo("221 bye\r\n"u8.ToArray()));

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((6, 20)));
    }

    [Test]
    public async Task An_answer_may_come_before_the_question_is_complete()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(origin);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);

        await client.SendAsync("half"u8.ToArray());
        Assert.That(await server.ReceiveAsync(4), Is.EqualTo("half"u8.ToArray()));
        await server.SendAsync("no need"u8.ToArray());
        server.Finish();
        Assert.That(await client.ReceiveToEndAsync(), Is.EqualTo("no need"u8.ToArray()));
        await client.SendAsync("rest"u8.ToArray());
        client.Finish();
        Assert.That(await server.ReceiveToEndAsync(), Is.EqualTo("rest"u8.ToArray()));

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((8, 7)));
    }
}
