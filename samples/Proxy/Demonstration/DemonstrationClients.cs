using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// The clients in front of the proxy in the demonstration, one a thread: conversations of small requests, downloads, uploads,
/// and now and then a connection that is reset in the middle. Every connection but the last kind ends half-closed, with the
/// answer still to come.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DemonstrationClients : IDisposable
{
    private const int TimeoutSeconds = 5;
    private const int SmallRequests = 64;
    private const int SmallUp = 2 << 10;
    private const int SmallDown = 16 << 10;
    private const int LargestTransfer = 4 << 20;
    private const int CutBytes = 256 << 10;

    private readonly TrafficTally _tally;
    private readonly InetAddress _proxy;
    private readonly Thread[] _threads;
    private volatile bool _ended;

    public DemonstrationClients(TrafficTally tally, InetAddress proxy, int threads)
    {
        _tally = tally;
        _proxy = proxy;
        _threads = [.. Enumerable.Range(0, threads).Select(Start)];
    }

    /// <summary>Lets each finish the connection that it has open.</summary>
    public void Dispose()
    {
        _ended = true;
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private Thread Start(int number)
    {
        Thread thread = new(() => Run(number)) { Name = $"client {number}", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Run(int number)
    {
        TrafficStream stream = new(_tally);
        Random random = new(number);
        while (!_ended)
        {
            int socket = BlockingSocket.Connect(in _proxy, TimeoutSeconds);
            if (socket < 0)
            {
                _tally.CountFault();
                continue;
            }

            if (!stream.TryReceiveGreeting(socket))
            {
                // With limits that were set this low it comes back, a little later.
                _tally.CountTurnedAway();
                Thread.Sleep(1);
            }
            else if (!Visit(socket, stream, random))
            {
                _tally.CountFault();
            }

            TcpSocket.Close(socket);
        }
    }

    private bool Visit(int socket, TrafficStream stream, Random random) => random.Next(16) switch
    {
        < 10 => Converse(socket, stream, random),
        < 13 => Exchange(socket, stream, random, random.Next(SmallUp), random.Next(LargestTransfer), TrafficEnd.HalfCloses),
        < 15 => Exchange(socket, stream, random, random.Next(LargestTransfer), random.Next(SmallDown), TrafficEnd.HalfCloses),
        _ => Cut(socket, random),
    };

    private bool Converse(int socket, TrafficStream stream, Random random)
    {
        for (int left = SmallRequests; left > 0; left--)
        {
            TrafficEnd end = left == 1 ? TrafficEnd.HalfCloses : TrafficEnd.Continues;
            if (!Exchange(socket, stream, random, random.Next(SmallUp), random.Next(SmallDown), end))
            {
                return false;
            }
        }

        return true;
    }

    private bool Exchange(int socket, TrafficStream stream, Random random, int up, int down, TrafficEnd end)
    {
        TrafficRequest request = new()
        {
            Magic = TrafficRequest.Signature,
            Seed = (uint)random.Next(),
            BytesUp = up,
            BytesDown = down,
            End = end,
        };
        bool answered = TrafficStream.TrySendRequest(socket, request)
            && TrafficStream.TrySendMessage(socket, request.Seed, up)
            && (end != TrafficEnd.HalfCloses || TcpSocket.TryShutdownWrite(socket))
            && stream.TryReceiveMessage(socket, request.SeedDown, down)
            && (end != TrafficEnd.HalfCloses || stream.TryReceiveEnd(socket));
        if (answered)
        {
            _tally.CountExchange();
        }

        return answered;
    }

    /// <summary>Announces more than it sends, and resets: the caller's close() sends the reset.</summary>
    private bool Cut(int socket, Random random)
    {
        TrafficRequest request = new()
        {
            Magic = TrafficRequest.Signature,
            Seed = (uint)random.Next(),
            BytesUp = 2 * CutBytes,
            End = TrafficEnd.Resets,
        };
        bool sent = TrafficStream.TrySendRequest(socket, request)
            && TrafficStream.TrySendPart(socket, request.Seed, random.Next(CutBytes));
        TcpSocket.SetReset(socket);
        _tally.CountCut();
        return sent;
    }
}
