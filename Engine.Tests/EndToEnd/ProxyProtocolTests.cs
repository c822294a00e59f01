using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>The header that tells the origin who the client is, byte by byte as HAProxy specifies it.</summary>
[TestFixture("v1", false)]
[TestFixture("v2", false)]
[TestFixture("v1", true)]
[TestFixture("v2", true)]
[Platform("Linux", Reason = NeedsEpoll)]
public sealed class ProxyProtocolTests(string version, bool inet6) : ProxyFixture
{
    private IPAddress Loopback => inet6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    [SetUp]
    public void Needs_the_address_family()
    {
        if (inet6)
        {
            SkipWithoutInet6();
        }
    }

    [Test]
    public async Task It_comes_before_the_first_data_of_the_client()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(Loopback, [origin.Address], "--proxy-protocol", version);
        byte[] bytes = BytePattern.Of(100_000);
        Peer client = await ConnectAsync(proxy);
        Task sending = client.SendAsync(bytes);
        Peer server = await AcceptAsync(origin);
        byte[] header = HeaderOf(client);

        Assert.That(await server.ReceiveAsync(header.Length), Is.EqualTo(header));
        Assert.That((await server.ReceiveAsync(bytes.Length)).AsSpan().SequenceEqual(bytes), "The data follow it.");
        await sending;

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That(figures.BytesToBackend, Is.EqualTo(header.Length + bytes.Length));
    }

    [Test]
    public async Task It_comes_alone_if_the_client_waits_for_the_server_to_speak()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(Loopback, [origin.Address], "--proxy-protocol", version);
        (Peer client, Peer server) = await ConnectAsync(proxy, origin);
        byte[] header = HeaderOf(client);

        Assert.That(await server.ReceiveAsync(header.Length), Is.EqualTo(header));
        await server.SendAsync("220 ready\r\n"u8.ToArray());
        Assert.That(await client.ReceiveAsync(11), Is.EqualTo("220 ready\r\n"u8.ToArray()));
        await ExchangeAsync(client, server);

        ProxyFigures figures = await EndAsync(proxy);
        Assert.That((figures.BytesToBackend, figures.BytesToClient), Is.EqualTo((header.Length + 1, 12)));
    }

    [Test]
    public async Task It_comes_before_the_end_of_a_client_that_says_nothing()
    {
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(Loopback, [origin.Address], "--proxy-protocol", version);
        Peer client = await ConnectAsync(proxy);
        byte[] header = HeaderOf(client);
        client.Finish();
        Peer server = await AcceptAsync(origin);

        Assert.That(await server.ReceiveToEndAsync(), Is.EqualTo(header));
        await server.SendAsync("still here"u8.ToArray());
        server.Finish();
        Assert.That(await client.ReceiveToEndAsync(), Is.EqualTo("still here"u8.ToArray()));

        _ = await EndAsync(proxy);
    }

    /// <summary>A listener for both families tells of an IPv4 client as one.</summary>
    [Test]
    public async Task A_mapped_address_is_told_as_the_address_that_it_maps()
    {
        SkipWithoutInet6();
        Origin origin = NewOrigin();
        ProxyProcess proxy = await StartAsync(IPAddress.IPv6Any, [origin.Address], "--proxy-protocol", version);
        Peer client = await ConnectAsync(proxy, Loopback);
        Peer server = await AcceptAsync(origin);
        byte[] header = HeaderOf(client);

        Assert.That(await server.ReceiveAsync(header.Length), Is.EqualTo(header));

        _ = await EndAsync(proxy);
    }

    private byte[] HeaderOf(Peer client)
    {
        var source = (IPEndPoint)client.Socket.LocalEndPoint!;
        var destination = (IPEndPoint)client.Socket.RemoteEndPoint!;
        return version == "v1" ? TextOf(source, destination) : BinaryOf(source, destination);
    }

    private static byte[] TextOf(IPEndPoint source, IPEndPoint destination)
    {
        string family = source.AddressFamily == AddressFamily.InterNetworkV6 ? "TCP6" : "TCP4";
        return Encoding.ASCII.GetBytes(
            $"PROXY {family} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n");
    }

    private static byte[] BinaryOf(IPEndPoint source, IPEndPoint destination)
    {
        byte[] ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), (ushort)destination.Port);
        byte[] addresses = [.. source.Address.GetAddressBytes(), .. destination.Address.GetAddressBytes(), .. ports];
        byte family = source.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)0x21 : (byte)0x11;
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, family, 0, (byte)addresses.Length, .. addresses];
    }
}
