using System.Net;
using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>One end of a connection through the proxy, client or origin. Every wait ends with the test's patience.</summary>
internal sealed class Peer(Socket socket, CancellationToken patience) : IDisposable
{
    public Socket Socket { get; } = socket;

    public static async Task<Peer> ConnectAsync(IPEndPoint address, CancellationToken patience)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, patience);

            // TCP connects a socket to itself if it calls the very port that it was given, and nobody listens there any more.
            return address.Equals(socket.LocalEndPoint)
                ? throw new SocketException((int)SocketError.ConnectionRefused)
                : new Peer(socket, patience);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends all of it.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, patience)..];
        }
    }

    /// <summary>What there is, at least a byte; 0 if the other end has finished.</summary>
    public async Task<int> ReceiveAsync(Memory<byte> room) => await Socket.ReceiveAsync(room, patience);

    /// <summary>Exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int length)
    {
        byte[] bytes = new byte[length];
        for (int read = 0; read < length;)
        {
            int more = await ReceiveAsync(bytes.AsMemory(read));
            Assert.That(more, Is.GreaterThan(0), $"The stream ended after {read} of {length} bytes.");
            read += more;
        }

        return bytes;
    }

    /// <summary>Everything until the other end finishes.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        byte[] room = new byte[64 << 10];
        for (int more; (more = await ReceiveAsync(room)) > 0;)
        {
            all.Write(room, 0, more);
        }

        return all.ToArray();
    }

    /// <summary>Nothing more comes, and the other end says so in order.</summary>
    public async Task EndsAsync() => Assert.That(await ReceiveAsync(new byte[1]), Is.Zero, "The stream ends here.");

    /// <summary>Nothing more comes, because the connection was reset.</summary>
    public async Task IsResetAsync()
    {
        try
        {
            int more = await ReceiveAsync(new byte[1]);
            Assert.Fail(more == 0 ? "A reset arrived as an end in order." : "More arrived.");
        }
        catch (SocketException e)
        {
            Assert.That(e.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
        }
    }

    /// <summary>The proxy closed it unserved: at once, in order or not, and without a byte.</summary>
    public async Task IsTurnedAwayAsync()
        => Assert.That(await TryReceiveByteAsync(), Is.False, "A connection that was turned away.");

    /// <summary>Waits for a byte.</summary>
    /// <returns>False if the connection ended instead, in order or not.</returns>
    public async Task<bool> TryReceiveByteAsync()
    {
        try
        {
            return await ReceiveAsync(new byte[1]) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Half-closes: says that nothing more is sent from here.</summary>
    public void Finish() => Socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();
}
