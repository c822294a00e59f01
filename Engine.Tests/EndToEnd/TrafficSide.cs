using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// One side of a connection: sends and receives at once, in pieces of random sizes, and compares every byte that arrives with the
/// one that the other side sends at that place.
/// </summary>
internal sealed class TrafficSide(Peer peer, byte[] sends, byte[] expects, Random random)
{
    private static readonly int[] s_pieces = [1, 10, 1_000, 5_000, 70_000];

    private readonly TaskCompletionSource _otherEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Random _receiving = new(random.Next());
    private bool _ended;
    private bool _broke;

    /// <summary>Resets after a part of what it has to send.</summary>
    public required bool Resets { get; init; }

    /// <summary>The other side resets.</summary>
    public required bool IsReset { get; init; }

    /// <summary>Sends the second half and finishes when the other side has finished.</summary>
    public required bool WaitsForTheEnd { get; init; }

    public long Sent { get; private set; }

    public int Received { get; private set; }

    public async Task RunAsync()
    {
        await Task.WhenAll(SendAsync(), ReceiveAsync());
        if (IsReset)
        {
            Assert.That(_broke, "A reset arrived as a reset.");
        }
        else if (!Resets)
        {
            Assert.That((Received, _ended), Is.EqualTo((expects.Length, true)), "All bytes and the end arrived.");
        }
    }

    private async Task SendAsync()
    {
        try
        {
            int half = sends.Length / 2;
            int first = Resets ? random.Next(sends.Length + 1) : WaitsForTheEnd ? half : sends.Length;
            await SendPiecesAsync(sends.AsMemory(0, first));
            if (Resets)
            {
                peer.Reset();
                return;
            }

            if (WaitsForTheEnd)
            {
                await _otherEnded.Task;
                await SendPiecesAsync(sends.AsMemory(half));
            }

            peer.Finish();
        }
        catch (SocketException) when (IsReset)
        {
            _broke = true;
        }
    }

    private async Task SendPiecesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int piece = Math.Min(bytes.Length, s_pieces[random.Next(s_pieces.Length)]);
            await peer.SendAsync(bytes[..piece]);
            Sent += piece;
            bytes = bytes[piece..];
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            byte[] room = new byte[s_pieces[^1]];
            for (int more; (more = await peer.ReceiveAsync(room.AsMemory(0, s_pieces[_receiving.Next(2, s_pieces.Length)]))) > 0;)
            {
                Assert.That(Received + more, Is.LessThanOrEqualTo(expects.Length), "Nothing was added.");
                bool same = room.AsSpan(0, more).SequenceEqual(expects.AsSpan(Received, more));
                Assert.That(same, $"Every byte from {Received} to {Received + more} is the one that was sent.");
                Received += more;
            }

            _ended = true;
        }
        catch (SocketException) when (IsReset || Resets)
        {
            _broke = true;
        }
        catch (ObjectDisposedException) when (Resets)
        {
            _broke = true;
        }
        finally
        {
            _otherEnded.SetResult();
        }
    }
}
