using System.Buffers.Binary;
using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// The connections that a worker is warmed with. The script is client and origin in one thread, step by step, so it cannot lock
/// itself up; whatever does not happen in time ends it.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class WarmUpScript(InetAddress front, int origin, ProxyProtocolVersion proxyProtocol, int timeoutSeconds)
{
    private const int Rounds = 40;
    private const int Repeats = 3;
    private const int SmallBytes = 100;

    /// <summary>More than the kernel's buffers and a high-water mark together hold, unless they were made very large.</summary>
    private const int FloodBytes = 32 << 20;

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _client = TcpSocket.None;
    private int _server = TcpSocket.None;

    /// <summary>All of it, several times: for the first worker, which compiles the code for all.</summary>
    public void RunAll(Action waitUntilQuiet)
    {
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            Run([Converse, FloodUp, FloodDown, ResetByClient, ResetByServer], waitUntilQuiet);
        }
    }

    /// <summary>What gives a further thread its thread-local state.</summary>
    public void RunShort(Action waitUntilQuiet) => Run([Converse, ResetByClient, ResetByServer], waitUntilQuiet);

    /// <summary>After each connection <paramref name="waitUntilQuiet"/> waits for the worker to be rid of it.</summary>
    private void Run(ReadOnlySpan<Func<bool>> steps, Action waitUntilQuiet)
    {
        foreach (Func<bool> step in steps)
        {
            bool goesOn = TryConnect() && step();
            Close();
            waitUntilQuiet();
            if (!goesOn)
            {
                return;
            }
        }
    }

    /// <summary>Server first, then to and fro, then the end in both directions, the client's first.</summary>
    private bool Converse()
    {
        Span<byte> small = _buffer.AsSpan(0, SmallBytes);
        for (int round = 0; round < Rounds; round++)
        {
            if (!Pass(_server, _client, small) || !Pass(_client, _server, small))
            {
                return false;
            }
        }

        return TcpSocket.TryShutdownWrite(_client)
            && BlockingSocket.Receive(_server, _buffer) == 0
            && Pass(_server, _client, small)
            && TcpSocket.TryShutdownWrite(_server)
            && BlockingSocket.Receive(_client, _buffer) == 0;
    }

    private bool FloodUp() => Flood(_client, _server);

    private bool FloodDown() => Flood(_server, _client);

    private bool ResetByClient()
    {
        TcpSocket.CloseWithReset(_client);
        _client = TcpSocket.None;
        _ = BlockingSocket.Receive(_server, _buffer);
        return true;
    }

    private bool ResetByServer()
    {
        TcpSocket.CloseWithReset(_server);
        _server = TcpSocket.None;
        _ = BlockingSocket.Receive(_client, _buffer);
        return true;
    }

    /// <summary>Fills everything between the two until nothing more goes in, and takes it out again.</summary>
    private bool Flood(int from, int to)
    {
        int sent = 0;
        for (int patience = 5; patience > 0 && sent < FloodBytes;)
        {
            int taken = BlockingSocket.SendNow(from, _buffer);
            if (taken > 0)
            {
                sent += taken;
            }
            else
            {
                patience--;
                Thread.Sleep(1);
            }
        }

        while (sent > 0)
        {
            int received = BlockingSocket.Receive(to, _buffer);
            if (received <= 0)
            {
                return false;
            }

            sent -= received;
        }

        return true;
    }

    private static bool Pass(int from, int to, Span<byte> bytes)
        => BlockingSocket.TrySend(from, bytes) && BlockingSocket.TryReceive(to, bytes);

    private bool TryConnect()
    {
        _client = BlockingSocket.Connect(in front, timeoutSeconds);
        _server = _client < 0 ? TcpSocket.None : BlockingSocket.Accept(origin, timeoutSeconds);
        return _server >= 0 && TrySkipHeader();
    }

    private bool TrySkipHeader() => proxyProtocol switch
    {
        ProxyProtocolVersion.V1 => TrySkipLine(),
        ProxyProtocolVersion.V2 => BlockingSocket.TryReceive(_server, _buffer.AsSpan(0, 16))
            && BlockingSocket.TryReceive(_server, _buffer.AsSpan(0, BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(14)))),
        _ => true,
    };

    private bool TrySkipLine()
    {
        Span<byte> next = _buffer.AsSpan(0, 1);
        do
        {
            if (!BlockingSocket.TryReceive(_server, next))
            {
                return false;
            }
        }
        while (next[0] != '\n');
        return true;
    }

    private void Close()
    {
        if (_client >= 0)
        {
            TcpSocket.Close(_client);
        }

        if (_server >= 0)
        {
            TcpSocket.Close(_server);
        }

        _client = TcpSocket.None;
        _server = TcpSocket.None;
    }
}
