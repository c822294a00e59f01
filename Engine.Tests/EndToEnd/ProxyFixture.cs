using System.Net;
using System.Net.Sockets;

using Engine.Samples.Linux;

using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// Starts proxies, and origins and clients around them. After every test no process is left, and a test that passed has seen how
/// each of its proxies ended.
/// </summary>
[Category("EndToEnd")]
public abstract class ProxyFixture
{
    protected const string NeedsEpoll = "The proxy is an epoll loop, which only Linux has.";

    /// <summary>Far longer than any of these tests takes: only one that hangs meets it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly List<ProxyProcess> _proxies = [];
    private readonly List<Origin> _origins = [];
    private readonly List<Peer> _peers = [];
    private CancellationTokenSource _deadline = null!;

    /// <summary>Ends every wait of a test that hangs.</summary>
    protected CancellationToken Patience => _deadline.Token;

    [SetUp]
    public void Begin() => _deadline = new CancellationTokenSource(s_patience);

    [TearDown]
    public void No_process_is_left()
    {
        string[] unseen = [.. _proxies.Where(static proxy => !proxy.HasEnded).Select(static proxy => proxy.ToString())];
        ClosePeers();
        _origins.ForEach(static origin => origin.Dispose());
        _origins.Clear();
        _proxies.ForEach(static proxy => proxy.Dispose());
        _proxies.Clear();
        _deadline.Dispose();
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Passed)
        {
            Assert.That(unseen, Is.Empty, "Proxies whose end the test did not look at.");
        }
    }

    /// <summary>Runs a proxy with exactly these arguments.</summary>
    private protected ProxyProcess Launch(params IEnumerable<string> arguments)
    {
        var proxy = new ProxyProcess(arguments);
        _proxies.Add(proxy);
        return proxy;
    }

    /// <summary>A proxy on a free port in front of one backend.</summary>
    private protected Task<ProxyProcess> StartAsync(Origin origin, params IEnumerable<string> arguments)
        => StartAsync(IPAddress.Loopback, [origin.Address], arguments);

    private protected async Task<ProxyProcess> StartAsync(
        IPAddress listen, IEnumerable<string> backends, params IEnumerable<string> arguments)
    {
        ProxyProcess proxy = Launch([
            "--json",
            "--listen", new IPEndPoint(listen, 0).ToString(),
            .. backends.SelectMany(static backend => new[] { "--backend", backend }),
            .. arguments]);
        await proxy.ListensAsync(Patience);
        return proxy;
    }

    private protected Origin NewOrigin(IPAddress? address = null)
    {
        var origin = new Origin(address ?? IPAddress.Loopback, Patience);
        _origins.Add(origin);
        return origin;
    }

    private protected async Task<Peer> ConnectAsync(ProxyProcess proxy, IPAddress? address = null)
        => Keep(await Peer.ConnectAsync(new IPEndPoint(address ?? proxy.Address.Address, proxy.Address.Port), Patience));

    private protected async Task<Peer> AcceptAsync(Origin origin) => Keep(await origin.AcceptAsync());

    /// <summary>Both ends of a connection through the proxy.</summary>
    private protected async Task<(Peer Client, Peer Server)> ConnectAsync(ProxyProcess proxy, Origin origin)
        => (await ConnectAsync(proxy), await AcceptAsync(origin));

    /// <summary>A byte from each end to the other.</summary>
    private protected static async Task ExchangeAsync(Peer client, Peer server)
    {
        await client.SendAsync("?"u8.ToArray());
        Assert.That(await server.ReceiveAsync(1), Is.EqualTo("?"u8.ToArray()));
        await server.SendAsync("!"u8.ToArray());
        Assert.That(await client.ReceiveAsync(1), Is.EqualTo("!"u8.ToArray()));
    }

    /// <summary>Closes both ends of every connection, tells the proxy to end, and checks what holds for every run.</summary>
    private protected async Task<ProxyFigures> EndAsync(ProxyProcess proxy)
    {
        ClosePeers();
        proxy.Signal(Signals.Terminate);
        return (await proxy.EndsAsync(Patience)).IsGood();
    }

    /// <summary>An address that nothing listens at, for as long as the test runs.</summary>
    private protected string DeadAddress()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _ = Keep(new Peer(socket, Patience));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.LocalEndPoint!.ToString()!;
    }

    protected static void SkipWithoutInet6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException)
        {
            Assert.Ignore("This system has no IPv6.");
        }
    }

    private protected Peer Keep(Peer peer)
    {
        _peers.Add(peer);
        return peer;
    }

    private void ClosePeers()
    {
        _peers.ForEach(static peer => peer.Dispose());
        _peers.Clear();
    }
}
