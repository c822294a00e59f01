using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>The client's end of a connection: asks, receives, checks, and asks again.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ClientConnection(Socket socket, LoadPayload payload, ClientTally tally, bool checksContent)
    : LoadSocket(socket)
{
    /// <summary>Room for bytes that are looked at.</summary>
    private const int Piece = 128 << 10;

    /// <summary>Taken off the queue at a time where they are not.</summary>
    private const int Most = 1 << 20;

    /// <summary>Receives in a row before others have their turn.</summary>
    private const int ReceivesATurn = 4;

    private readonly byte[] _room = GC.AllocateArray<byte>((int)Math.Min(payload.Length, Piece), pinned: true);
    private long _received;
    private long _askedAt;

    /// <summary>Whether it waits for a response, or for the rest of one.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Sends the next request.</summary>
    public void Ask(long now)
    {
        IsBusy = true;
        _received = 0;
        _askedAt = now;
        if (Send(payload.Request) != payload.Request.Length)
        {
            throw new LoadException("a request of 80 bytes was not taken at once");
        }
    }

    public override bool Advance()
    {
        for (int i = 0; i < ReceivesATurn && IsBusy; i++)
        {
            int asked = (int)Math.Min(payload.Length - _received, checksContent ? _room.Length : Most);
            int received = checksContent ? ReceiveChecked(asked) : Discard(_room, asked);
            if (received <= 0)
            {
                return received == 0 && Cut();
            }

            _received += received;
            tally.Bytes += received;
            if (_received == payload.Length)
            {
                Complete();
                return false;
            }

            if (received < asked && !HasEnded)
            {
                return false;
            }
        }

        return IsBusy;
    }

    private int ReceiveChecked(int asked)
    {
        Span<byte> room = _room.AsSpan(0, asked);
        int received = Receive(room);
        for (int seen = 0; seen < received;)
        {
            ReadOnlySpan<byte> right = payload.At(_received + seen, received - seen);
            if (!right.SequenceEqual(room.Slice(seen, right.Length)))
            {
                int place = right.CommonPrefixLength(room.Slice(seen, right.Length));
                throw new LoadException($"byte {_received + seen + place} of a response is wrong");
            }

            seen += right.Length;
        }

        return received;
    }

    private void Complete()
    {
        long now = Stopwatch.GetTimestamp();
        tally.Add(_askedAt, now);
        IsBusy = false;
        if (!tally.IsClosing)
        {
            Ask(now);
        }
    }

    private bool Cut() => throw new LoadException($"a connection ended after {_received} of {payload.Length} bytes");
}
