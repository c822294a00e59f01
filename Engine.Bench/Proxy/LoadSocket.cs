using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>
/// One end of a connection in the load generator. The calls that are made for each request go to the system directly: what the
/// load does not spend is left for the proxy to be busy with.
/// </summary>
[SupportedOSPlatform("linux")]
internal abstract class LoadSocket(Socket socket) : IDisposable
{
    /// <summary>The kernel has nothing for now.</summary>
    protected const int Nothing = -1;

    private readonly int _descriptor = (int)socket.Handle;

    public int Descriptor => _descriptor;

    /// <summary>
    /// Whether the end was reported: there will be no other event, so what there is has to be received up to it.
    /// </summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether it waits for its next turn without an event.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Does what can be done now.</summary>
    /// <returns>Whether there is more to do that no event will ask for.</returns>
    public abstract bool Advance();

    public void Dispose() => socket.Dispose();

    /// <summary>Bytes received, 0 at the end, or <see cref="Nothing"/>.</summary>
    protected int Receive(Span<byte> room)
        => Outcome(Take(room, room.Length, SocketConstants.DoNotWait), "received");

    /// <summary>The same, without a copy of the bytes.</summary>
    protected int Discard(Span<byte> room, int length)
        => Outcome(Take(room, length, SocketConstants.DoNotWait | SocketConstants.Discard), "received");

    /// <summary>Bytes that the kernel took, or <see cref="Nothing"/>.</summary>
    protected int Send(ReadOnlySpan<byte> bytes)
    {
        const int Flags = SocketConstants.DoNotWait | SocketConstants.NoSignal;
        return Outcome(Libc.Send(_descriptor, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, Flags), "sent");
    }

    /// <summary>The same where a reset is as good an end as any: nothing was asked for.</summary>
    protected int ReceiveOrEnd(Span<byte> room)
    {
        nint received = Take(room, room.Length, SocketConstants.DoNotWait);
        return received < 0 && Marshal.GetLastPInvokeError() == Errno.ConnectionReset ? 0 : Outcome(received, "received");
    }

    private nint Take(Span<byte> room, int length, int flags)
        => Libc.Receive(_descriptor, ref MemoryMarshal.GetReference(room), (nuint)length, flags);

    private static int Outcome(nint moved, string what)
        => moved >= 0 ? (int)moved
        : Marshal.GetLastPInvokeError() == Errno.WouldBlock ? Nothing
        : throw new LoadException($"nothing more could be {what}: {Marshal.GetLastPInvokeErrorMessage()}");
}

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

/// <summary>What the clients of a burst have counted, and whether they go on.</summary>
internal sealed class ClientTally
{
    private const long NanosecondsASecond = 1_000_000_000;

    private static readonly long s_nanosecondsATick = NanosecondsASecond / Stopwatch.Frequency;

    /// <summary>Once set, no client sends another request.</summary>
    public bool IsClosing { get; set; }

    public long Bytes { get; set; }

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Counts a response by when it was asked for and when it was complete.</summary>
    public void Add(long asked, long now) => Latencies.Record((now - asked) * s_nanosecondsATick);

    /// <summary>From here on it counts.</summary>
    public void Restart()
    {
        Bytes = 0;
        Latencies.Clear();
    }
}

/// <summary>The server's end of a connection: answers one request after another.</summary>
[SupportedOSPlatform("linux")]
internal sealed class OriginConnection(Socket socket, Func<int, LoadPayload> payloads) : LoadSocket(socket)
{
    /// <summary>Offered to the kernel at a time; then the clients have their turn.</summary>
    private const int Piece = 256 << 10;

    private readonly byte[] _request = GC.AllocateArray<byte>(LoadPayload.RequestLength, pinned: true);
    private int _received;
    private LoadPayload? _answer;
    private long _sent;

    /// <summary>Whether the proxy has closed it.</summary>
    public bool IsClosed { get; private set; }

    public override bool Advance()
    {
        if (IsClosed)
        {
            return false;
        }

        if (_answer is null)
        {
            ReceiveRequest();
        }

        return _answer is not null && SendPiece();
    }

    private void ReceiveRequest()
    {
        while (_received < _request.Length)
        {
            Span<byte> room = _request.AsSpan(_received);
            int received = _received == 0 ? ReceiveOrEnd(room) : Receive(room);
            if (received <= 0)
            {
                CloseAtEnd(received);
                return;
            }

            _received += received;
        }

        int bytes = LoadPayload.BodyBytesOf(_request);
        _answer = bytes >= 0 ? payloads(bytes) : throw new LoadException("the origin received something else than a request");
        _received = 0;
        _sent = 0;
    }

    /// <summary>A proxy that has passed on the end of a client waits for that of the server.</summary>
    private void CloseAtEnd(int received)
    {
        if (received == 0)
        {
            IsClosed = true;
            Dispose();
        }
    }

    /// <summary>One piece. If the kernel did not take all of it, an event says when it takes more.</summary>
    private bool SendPiece()
    {
        ReadOnlySpan<byte> piece = _answer!.At(_sent, Piece);
        int sent = Send(piece);
        _sent += Math.Max(sent, 0);
        if (_sent == _answer.Length)
        {
            _answer = null;
            return false;
        }

        return sent == piece.Length;
    }
}
