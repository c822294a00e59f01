using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>More than the other end takes.</summary>
internal static class Flood
{
    /// <summary>A proxy that took all that it was offered would take some 64 KiB in each of them.</summary>
    public const int Rounds = 300;

    private static readonly byte[] s_pattern = BytePattern.Of(1 << 16);

    /// <summary>
    /// Sends whatever fits between the two ends, without waiting. Time is told by another connection through the same event loop:
    /// each of its round trips is a turn in which the loop can also do what it wants with the flood.
    /// </summary>
    /// <returns>The bytes sent.</returns>
    public static async Task<long> FillAsync(Peer from, Func<Task> roundTrip)
    {
        from.Socket.Blocking = false;
        long sent = 0;
        for (int round = 0; round < Rounds; round++)
        {
            SocketError error;
            do
            {
                sent += from.Socket.Send(s_pattern.AsSpan((int)(sent % s_pattern.Length)), SocketFlags.None, out error);
            }
            while (error == SocketError.Success);
            Assert.That(error, Is.EqualTo(SocketError.WouldBlock));
            await roundTrip();
        }

        return sent;
    }

    /// <summary>Never ends, unless the connection does.</summary>
    public static async Task SendForeverAsync(Peer from)
    {
        while (true)
        {
            await from.SendAsync(s_pattern);
        }
    }

    /// <summary>Receives the flood, compares it, and says how much of it came before the end, or before the reset.</summary>
    public static async Task<(long Received, bool WasReset)> TakeAsync(Peer to)
    {
        long received = 0;
        byte[] room = new byte[s_pattern.Length];
        try
        {
            int more;
            while ((more = await to.ReceiveAsync(room.AsMemory((int)(received % room.Length)))) > 0)
            {
                int at = (int)(received % room.Length);
                bool same = room.AsSpan(at, more).SequenceEqual(s_pattern.AsSpan(at, more));
                Assert.That(same, $"Every byte from {received} to {received + more} is the one that was sent.");
                received += more;
            }

            return (received, false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (received, true);
        }
    }
}
