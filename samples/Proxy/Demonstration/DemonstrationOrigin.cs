using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// The service behind the proxy in the demonstration: greets, takes what clients send, verifies it, and sends what they ask
/// for. A fixed number of threads, each with one connection at a time.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DemonstrationOrigin : IDisposable
{
    private const int TimeoutSeconds = 5;
    private const int AcceptSeconds = 1;
    private const int Backlog = 256;

    private readonly TrafficTally _tally;
    private readonly int _listener;
    private readonly Thread[] _threads;
    private volatile bool _ended;

    public DemonstrationOrigin(TrafficTally tally, int threads)
    {
        _tally = tally;
        _listener = BlockingSocket.ListenOnLoopback(Backlog, AcceptSeconds, out InetAddress address);
        Address = address;
        _threads = [.. Enumerable.Range(0, threads).Select(Start)];
    }

    public InetAddress Address { get; }

    public void Dispose()
    {
        _ended = true;
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        TcpSocket.Close(_listener);
    }

    private Thread Start(int number)
    {
        Thread thread = new(Run) { Name = $"origin {number}", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        TrafficStream stream = new(_tally);
        while (!_ended)
        {
            int client = BlockingSocket.Accept(_listener, TimeoutSeconds);
            if (client >= 0)
            {
                Serve(client, stream);
                TcpSocket.Close(client);
            }
        }
    }

    private void Serve(int client, TrafficStream stream)
    {
        if (!TrafficStream.TryGreet(client))
        {
            return;
        }

        while (TrafficStream.TryReceiveRequest(client, out TrafficRequest request))
        {
            bool served = request.Magic == TrafficRequest.Signature
                && stream.TryReceiveMessage(client, request.Seed, request.BytesUp)
                && (request.End != TrafficEnd.HalfCloses || stream.TryReceiveEnd(client))
                && TrafficStream.TrySendMessage(client, request.SeedDown, request.BytesDown);
            if (!served)
            {
                if (request.End != TrafficEnd.Resets)
                {
                    _tally.CountFault();
                }

                return;
            }

            if (request.End == TrafficEnd.HalfCloses)
            {
                return;
            }
        }
    }
}
