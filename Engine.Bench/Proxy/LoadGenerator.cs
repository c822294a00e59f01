using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>
/// Clients and origin in one loop on one thread, so that both together cost no more than the proxy between them.
/// </summary>
/// <remarks>
/// It never sleeps. A loop that does has to be woken by the proxy, at the proxy's expense and the more often the faster the
/// proxy is; one that looks again and again costs every proxy the same, which is nothing. The bodies of large responses are
/// taken off the sockets without a copy, and looked at in bursts of their own.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LoadGenerator : IDisposable
{
    private const int Backlog = 256;

    /// <summary>The start of a burst that does not count: windows open, caches fill.</summary>
    private static readonly TimeSpan s_start = TimeSpan.FromMilliseconds(30);

    /// <summary>Without a byte for so long a proxy is stuck.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<int, LoadPayload> _payloads = [];

    public LoadGenerator()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(Backlog);
    }

    /// <summary>Where the proxies find the origin.</summary>
    public int OriginPort => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Runs one burst, from the first connection to the last.</summary>
    /// <exception cref="LoadException">The proxy did not pass on what it was given.</exception>
    public BurstResult Run(Burst burst, CancellationToken cancellation)
    {
        using LoadTurn turn = new(_listener, PayloadOf, s_patience, cancellation);
        LoadPayload payload = PayloadOf(burst.Scenario.BodyBytes);
        turn.Connect(burst, payload);
        turn.Until(Stopwatch.GetTimestamp() + Ticks(s_start));
        turn.Tally.Restart();

        double processorBefore = ProcessorClock.ProcessSeconds(burst.Process);
        long begin = Stopwatch.GetTimestamp();
        turn.Until(begin + Ticks(burst.Duration));
        turn.UntilSomethingCame(burst.Scenario.IsBulk);
        double processor = ProcessorClock.ProcessSeconds(burst.Process) - processorBefore;
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;

        var latencies = new LatencyHistogram();
        latencies.Add(turn.Tally.Latencies);
        var result = new BurstResult(seconds, processor, latencies.Count, turn.Tally.Bytes, latencies);
        turn.Close();
        return result;
    }

    public void Dispose() => _listener.Dispose();

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private LoadPayload PayloadOf(int bodyBytes)
    {
        if (!_payloads.TryGetValue(bodyBytes, out LoadPayload? payload))
        {
            payload = new LoadPayload(bodyBytes);
            _payloads.Add(bodyBytes, payload);
        }

        return payload;
    }
}

/// <summary>A stretch of load on one proxy.</summary>
/// <param name="Scenario">What kind.</param>
/// <param name="Port">Where the proxy listens, on the loopback interface.</param>
/// <param name="Process">The proxy's process, whose time is taken.</param>
/// <param name="Duration">How long it is measured, after a start that does not count.</param>
/// <param name="ChecksContent">Whether every byte of every response is looked at; small ones always are.</param>
internal sealed record Burst(Scenario Scenario, int Port, int Process, TimeSpan Duration, bool ChecksContent);

/// <summary>What a burst came to.</summary>
/// <param name="Seconds">How long it was measured.</param>
/// <param name="ProcessorSeconds">How long the proxy's process ran meanwhile.</param>
/// <param name="Responses">Whole responses that the clients received.</param>
/// <param name="Bytes">Bytes of responses, those of unfinished ones included.</param>
/// <param name="Latencies">From a request to the last byte of its response.</param>
internal sealed record BurstResult(
    double Seconds,
    double ProcessorSeconds,
    long Responses,
    long Bytes,
    LatencyHistogram Latencies)
{
    private const double Giga = 1e9;

    public double ProcessorSecondsPerResponse => ProcessorSeconds / Responses;
    public double ProcessorSecondsPerGigabyte => ProcessorSeconds / Bytes * Giga;
}

/// <summary>A proxy did not pass on what it was given; the message says how, and whoever knows the proxy adds its name.</summary>
internal sealed class LoadException(string message) : Exception(message)
{
}
