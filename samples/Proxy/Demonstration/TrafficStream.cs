using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// One end of a connection of the demonstration: sends patterns with their checksum, and verifies what it receives byte by
/// byte.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class TrafficStream(TrafficTally tally)
{
    private const int ChunkBytes = 64 << 10;

    private readonly byte[] _buffer = new byte[ChunkBytes];

    private static ReadOnlySpan<byte> Greeting => "mbuf demonstration, ready\r\n"u8;

    /// <summary>The server speaks first.</summary>
    public static bool TryGreet(int socket) => BlockingSocket.TrySend(socket, Greeting);

    public bool TryReceiveGreeting(int socket)
    {
        Span<byte> room = _buffer.AsSpan(0, Greeting.Length);
        return BlockingSocket.TryReceive(socket, room) && room.SequenceEqual(Greeting);
    }

    public static bool TrySendRequest(int socket, TrafficRequest request)
        => BlockingSocket.TrySend(socket, MemoryMarshal.AsBytes(new ReadOnlySpan<TrafficRequest>(in request)));

    /// <summary>The next request; false at the end of the connection, or of the time.</summary>
    public static bool TryReceiveRequest(int socket, out TrafficRequest request)
    {
        request = default;
        return BlockingSocket.TryReceive(socket, MemoryMarshal.AsBytes(new Span<TrafficRequest>(ref request)));
    }

    /// <summary>Only the first bytes of a message, which the connection's end will cut.</summary>
    public static bool TrySendPart(int socket, uint seed, int count) => TrySendBytes(socket, seed, count, out _);

    /// <summary>The bytes, then their checksum.</summary>
    public static bool TrySendMessage(int socket, uint seed, int count)
        => TrySendBytes(socket, seed, count, out uint checksum)
            && BlockingSocket.TrySend(socket, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in checksum)));

    /// <summary>
    /// Receives a message and compares. A difference is a fault, whatever follows; a connection that ends too early is one
    /// unless that was announced.
    /// </summary>
    /// <returns>Whether all of it arrived.</returns>
    public bool TryReceiveMessage(int socket, uint seed, int count)
    {
        uint checksum = 0;
        int position = 0;
        while (position < count)
        {
            int received = BlockingSocket.Receive(socket, _buffer.AsSpan(0, Math.Min(ChunkBytes, count - position)));
            if (received <= 0)
            {
                return false;
            }

            checksum = TrafficPattern.Checksum(checksum, _buffer.AsSpan(0, received));
            Compare(_buffer.AsSpan(0, received), seed, position);
            position += received;
        }

        uint announced = 0;
        if (!BlockingSocket.TryReceive(socket, MemoryMarshal.AsBytes(new Span<uint>(ref announced))))
        {
            return false;
        }

        if (announced != checksum)
        {
            tally.CountFault();
        }

        return true;
    }

    /// <summary>Whether the peer has ended its direction, with nothing before the end.</summary>
    public bool TryReceiveEnd(int socket) => BlockingSocket.Receive(socket, _buffer) == 0;

    private static bool TrySendBytes(int socket, uint seed, int count, out uint checksum)
    {
        checksum = 0;
        int position = 0;
        while (position < count)
        {
            ReadOnlySpan<byte> piece = TrafficPattern.At(seed, position, Math.Min(ChunkBytes, count - position));
            checksum = TrafficPattern.Checksum(checksum, piece);
            if (!BlockingSocket.TrySend(socket, piece))
            {
                return false;
            }

            position += piece.Length;
        }

        return true;
    }

    private void Compare(ReadOnlySpan<byte> received, uint seed, int position)
    {
        int bytes = received.Length;
        while (!received.IsEmpty)
        {
            ReadOnlySpan<byte> expected = TrafficPattern.At(seed, position, received.Length);
            if (!received[..expected.Length].SequenceEqual(expected))
            {
                tally.CountFault();
                return;
            }

            position += expected.Length;
            received = received[expected.Length..];
        }

        tally.CountVerified(bytes);
    }
}
