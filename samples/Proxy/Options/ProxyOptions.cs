using System.CommandLine;
using System.Globalization;

using Engine.Samples.Options;

namespace Proxy;

/// <summary>Which form of HAProxy's PROXY protocol header announces the client to the backend.</summary>
internal enum ProxyProtocolVersion
{
    /// <summary>No header: the backend sees the proxy as its client.</summary>
    None,

    /// <summary>One line of text.</summary>
    V1,

    /// <summary>Binary.</summary>
    V2,
}

/// <summary>What the command line says. Every limit is a number that the user chose or can read here.</summary>
internal sealed class ProxyOptions(ParseResult said)
{
    /// <summary>Unless told otherwise; fewer if the process may not open two descriptors for each.</summary>
    public const int DefaultConnections = 8_192;

    private const int MostWorkers = 256;
    private const int MostConnections = 1 << 20;
    private const int FewestMbufs = 16;
    private const int MostMbufs = 1 << 23;
    private const int DefaultMbufs = 65_536;
    private const int FewestClusters = 8;
    private const int MostClusters = 1 << 22;
    private const int LowestHighWater = 4 << 10;
    private const int HighestHighWater = 64 << 20;
    private const int DefaultHighWater = 256 << 10;

    /// <summary>
    /// A name that is not written cannot be reached: enough for every deployment, small enough to mean something.
    /// </summary>
    private const int MostBackends = 1_024;

    private const double ShortestTimeout = 0.001;
    private const double LongestTimeout = 24 * 60 * 60;

    private static readonly TimeSpan s_defaultPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_defaultIdleTimeout = TimeSpan.FromMinutes(5);

    private static readonly OptionSet s_set = new(
        "Proxy",
        "A TCP proxy on mbufs: an epoll loop a worker, data in native memory, nothing for the garbage collector.",
        static () => """
            Examples:
              Proxy --listen 0.0.0.0:8080 --backend 10.0.0.1:80 --backend '[fd00::1]:80' --idle-timeout 1m
              Proxy --seconds 5        the demonstration: origin and clients in the same process, every byte verified

            HOST is an IPv4 address, an IPv6 address in brackets, or a name, resolved once at start.
            TIME is in seconds, or ends in ms, s, m or h. BYTES may end in k (1,024) or m.
            'listening HOST:PORT' on standard error says that connections are taken. The report comes at the end, on
            standard output: connections were accepted, of which refused were closed unserved.
            Exit code: 0 done, 1 failed, 2 wrongly called.
            """);

    private static readonly Option<HostPort?> s_listen = s_set.Value(
        "--listen", "HOST:PORT", "where clients connect; port 0 takes a free one", static written => HostPort.Parse("--listen", written, 0));

    private static readonly Option<IReadOnlyList<HostPort>?> s_backends = s_set.List(
        "--backend", "HOST:PORT", "where connections go; repeat it for round robin", static written => HostPort.Parse("--backend", written, 1));

    private static readonly Option<int?> s_workers = s_set.Number(
        "--workers", "N", "event loops, one thread each [default: one a processor]", 1, MostWorkers);

    private static readonly Option<int?> s_maxConnections = s_set.Number(
        "--max-connections", "N", $"connections open at a time; more are refused [default: {DefaultConnections}]", 1, MostConnections);

    private static readonly Option<int?> s_mbufs = s_set.Number(
        "--mbufs", "N", $"mbufs of the arena [default: {DefaultMbufs}]", FewestMbufs, MostMbufs);

    private static readonly Option<int?> s_clusters = s_set.Number(
        "--clusters", "N", "the arena's memory, in clusters of 2 KiB [default: half as many as mbufs]", FewestClusters, MostClusters);

    private static readonly Option<int?> s_highWater = s_set.Value<int?>(
        "--high-water", "BYTES", "bytes held a direction before its source waits [default: 256k]", Size);

    private static readonly Option<TimeSpan?> s_connectTimeout = Timeout(
        "--connect-timeout", "for a backend to answer before the next is tried [default: 5s]");

    private static readonly Option<TimeSpan?> s_idleTimeout = Timeout(
        "--idle-timeout", "without a byte either way before both sides close [default: 5m]");

    private static readonly Option<TimeSpan?> s_drainTimeout = Timeout(
        "--drain-timeout", "to let connections finish on SIGTERM or SIGINT [default: 5s]", shortest: 0);

    private static readonly Option<ProxyProtocolVersion> s_proxyProtocol = s_set.Value(
        "--proxy-protocol", "v1|v2", "tell the backend who the client is, in HAProxy's header", Version);

    private static readonly Option<TimeSpan?> s_seconds = Timeout("--seconds", "end by itself after this long [default of the demonstration: 10]");

    private static readonly Option<bool> s_json = s_set.Switch("--json", "report in one line of JSON instead of a table");

    public HostPort? Listen { get; } = said.GetValue(s_listen);

    public IReadOnlyList<HostPort> Backends { get; } = said.GetValue(s_backends) ?? [];

    /// <summary>Loops, each on a thread with a listener of its own.</summary>
    public int Workers { get; } = said.GetValue(s_workers) ?? Math.Min(Environment.ProcessorCount, MostWorkers);

    /// <summary>
    /// Connections open at a time, over all workers; null for what suits the machine (<see cref="DefaultConnections"/>).
    /// </summary>
    public int? MaxConnections { get; } = said.GetValue(s_maxConnections);

    /// <summary>Mbufs of the arena.</summary>
    public int Mbufs { get; } = said.GetValue(s_mbufs) ?? DefaultMbufs;

    /// <summary>The arena's memory for data, in clusters of 2 KiB (<see cref="ClusterBudget"/>).</summary>
    public int ClusterLimit { get; } = said.GetValue(s_clusters) ?? Math.Max(FewestClusters, (said.GetValue(s_mbufs) ?? DefaultMbufs) / 2);

    /// <summary>Bytes held for one direction of one connection at which reading from its source stops.</summary>
    public int HighWater { get; } = said.GetValue(s_highWater) ?? DefaultHighWater;

    public TimeSpan ConnectTimeout { get; } = said.GetValue(s_connectTimeout) ?? s_defaultPatience;

    public TimeSpan IdleTimeout { get; } = said.GetValue(s_idleTimeout) ?? s_defaultIdleTimeout;

    public TimeSpan DrainTimeout { get; } = said.GetValue(s_drainTimeout) ?? s_defaultPatience;

    public ProxyProtocolVersion ProxyProtocol { get; } = said.GetValue(s_proxyProtocol);

    public bool Json { get; } = said.GetValue(s_json);

    /// <summary>How long to run; null for until a signal (the demonstration: ten seconds).</summary>
    public TimeSpan? Seconds { get; } = said.GetValue(s_seconds);

    /// <summary>Neither --listen nor --backend: the proxy shows itself.</summary>
    public bool IsDemonstration => Listen is null && Backends.Count == 0;

    /// <summary>The page of --help.</summary>
    public static string Help => s_set.Help;

    /// <summary>What a command line says; null if it asks for help.</summary>
    /// <exception cref="UsageException">It is wrong.</exception>
    public static ProxyOptions? Parse(string[] arguments)
    {
        ParseResult said = s_set.Parse(arguments);
        ProxyOptions? options = s_set.AsksForHelp(said) ? null : new ProxyOptions(said);
        return options switch
        {
            { Listen: null, Backends.Count: > 0 }
                => throw new UsageException("--backend without --listen; add --listen HOST:PORT (or neither, for the demonstration)"),
            { Listen: not null, Backends.Count: 0 }
                => throw new UsageException("--listen without --backend; add --backend HOST:PORT (or neither, for the demonstration)"),
            { Backends.Count: > MostBackends } => throw new UsageException($"--backend: at most {MostBackends} backends"),
            _ => options,
        };
    }

    /// <summary>Bytes, or with a suffix k or m KiB or MiB.</summary>
    private static int? Size(string written)
    {
        int unit = char.ToLowerInvariant(written[^1]) switch { 'k' => 1 << 10, 'm' => 1 << 20, _ => 1 };
        string digits = unit == 1 ? written : written[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value is > 0 and <= HighestHighWater
            && value * unit is >= LowestHighWater and <= HighestHighWater
            ? (int)(value * unit)
            : throw new UsageException($"--high-water: '{written}' is not a number of bytes (64k is 65536) from {LowestHighWater} to {HighestHighWater}");
    }

    /// <summary>An option whose value is in seconds, whole or with a fraction, or has the suffix ms, s, m or h.</summary>
    private static Option<TimeSpan?> Timeout(string option, string text, double shortest = ShortestTimeout)
        => s_set.Value<TimeSpan?>(option, "TIME", text, written =>
        {
            (string number, double unit) = written switch
            {
                [.. string digits, 'm', 's'] => (digits, 0.001),
                [.. string digits, 's'] => (digits, 1),
                [.. string digits, 'm'] => (digits, 60),
                [.. string digits, 'h'] => (digits, 3600),
                _ => (written, 1),
            };
            return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                && value * unit >= shortest
                && value * unit <= LongestTimeout
                ? TimeSpan.FromSeconds(value * unit)
                : throw new UsageException(FormattableString.Invariant(
                    $"{option}: '{written}' is not a time (5, 0.5, 250ms, 2m) from {shortest} s to {LongestTimeout} s"));
        });

    private static ProxyProtocolVersion Version(string written) => written switch
    {
        "v1" => ProxyProtocolVersion.V1,
        "v2" => ProxyProtocolVersion.V2,
        _ => throw new UsageException($"--proxy-protocol: '{written}' is not a version; write v1 or v2"),
    };
}
