using System.Net;
using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public enum Transport
{
    Tcp4,
    Tcp6,
    Unix,
}

/// <summary>
/// Two connected stream sockets. The near one is under test and does not block; the far one is plain .NET and blocks.
/// </summary>
internal sealed class SocketPair : IDisposable
{
    /// <summary>Far longer than anything takes: only a test that hangs meets it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string? _path;

    /// <param name="transport">What lies between the two.</param>
    /// <param name="buffer">Bytes that each side's system buffers hold, about; 0 for what the system thinks right.</param>
    public SocketPair(Transport transport, int buffer = 0)
    {
        EndPoint local = transport switch
        {
            Transport.Tcp4 => new IPEndPoint(IPAddress.Loopback, 0),
            Transport.Tcp6 => new IPEndPoint(IPAddress.IPv6Loopback, 0),
            _ => new UnixDomainSocketEndPoint(_path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())),
        };
        using Socket listener = NewSocket(local, buffer);
        listener.Bind(local);
        listener.Listen(1);
        Near = NewSocket(local, buffer);
        Near.Connect(listener.LocalEndPoint!);
        Near.Blocking = false;
        Far = listener.Accept();
        Limit(Far, buffer);
        Far.SendTimeout = (int)Patience.TotalMilliseconds;
        Far.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }

    public Socket Near { get; }

    public Socket Far { get; }

    /// <summary>Sends from the far side and waits until all of it lies ready at the near side.</summary>
    public void Deliver(ReadOnlySpan<byte> bytes)
    {
        int expected = Near.Available + bytes.Length;
        SendFromFar(bytes);
        WaitFor(Near, expected);
    }

    public void SendFromFar(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Far.Send(bytes)..];
        }
    }

    /// <summary>Exactly so many bytes, read at the far side.</summary>
    public byte[] ReadAtFar(int length)
    {
        byte[] bytes = new byte[length];
        for (int read = 0; read < length;)
        {
            int more = Far.Receive(bytes.AsSpan(read));
            Assert.That(more, Is.GreaterThan(0), "The stream ended early.");
            read += more;
        }

        return bytes;
    }

    /// <summary>The far side goes away with bytes unread, which its system tells the near side at once, as a reset.</summary>
    public void ResetFromFar()
    {
        Assert.That(Near.Send(new byte[10]), Is.EqualTo(10));
        WaitFor(Far, 10);
        Far.Dispose();
        Assert.That(Near.Poll(Patience, SelectMode.SelectRead), "The reset arrives.");
    }

    public static void WaitFor(Socket socket, int bytes)
    {
        bool arrived = SpinWait.SpinUntil(() => socket.Available >= bytes, Patience);
        Assert.That(arrived, $"{socket.Available} of {bytes} bytes arrived.");
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }

    private static Socket NewSocket(EndPoint local, int buffer)
    {
        ProtocolType protocol = local is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        var socket = new Socket(local.AddressFamily, SocketType.Stream, protocol);
        Limit(socket, buffer);
        return socket;
    }

    private static void Limit(Socket socket, int buffer)
    {
        if (buffer > 0)
        {
            socket.SendBufferSize = buffer;
            socket.ReceiveBufferSize = buffer;
        }
    }
}
