namespace Proxy;

/// <summary>
/// One option: how it is written, what the help says of it, and what it sets. The parser and the help read the same table.
/// </summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">The placeholder of its value; null for a switch.</param>
/// <param name="Text">One line of help.</param>
/// <param name="Apply">Checks the value (the second argument; the first is the option's name) and sets it.</param>
internal sealed record OptionDefinition(string Name, string? Value, string Text, Action<ProxyOptions, string, string> Apply)
{
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("--listen", "HOST:PORT", "where clients connect; port 0 takes a free one",
            (o, n, v) => o.Listen = HostPort.Parse(n, v, 0)),
        new("--backend", "HOST:PORT", "where connections go; repeat it for round robin", AddBackend),
        new("--workers", "N", "event loops, one thread each (default: one a processor)",
            (o, n, v) => o.Workers = OptionValues.Count(n, v, 1, OptionLimits.MostWorkers)),
        new("--max-connections", "N", "connections open at a time; more are refused (default 8192)",
            (o, n, v) => o.MaxConnections = OptionValues.Count(n, v, 1, OptionLimits.MostConnections)),
        new("--mbufs", "N", "mbufs of the arena (default 65536)",
            (o, n, v) => o.Mbufs = OptionValues.Count(n, v, OptionLimits.FewestMbufs, OptionLimits.MostMbufs)),
        new("--clusters", "N", "the arena's memory, in clusters of 2 KiB (default: half as many as mbufs)",
            (o, n, v) => o.Clusters = OptionValues.Count(n, v, OptionLimits.FewestClusters, OptionLimits.MostClusters)),
        new("--high-water", "BYTES", "bytes held a direction before its source waits (default 256k)",
            (o, n, v) => o.HighWater = OptionValues.Size(n, v, OptionLimits.LowestHighWater, OptionLimits.HighestHighWater)),
        new("--connect-timeout", "TIME", "for a backend to answer before the next is tried (default 5s)",
            (o, n, v) => o.ConnectTimeout = Timeout(n, v)),
        new("--idle-timeout", "TIME", "without a byte either way before both sides close (default 5m)",
            (o, n, v) => o.IdleTimeout = Timeout(n, v)),
        new("--drain-timeout", "TIME", "to let connections finish on SIGTERM or SIGINT (default 5s)",
            (o, n, v) => o.DrainTimeout = OptionValues.Duration(n, v, TimeSpan.Zero, OptionLimits.LongestTimeout)),
        new("--proxy-protocol", "v1|v2", "tell the backend who the client is, in HAProxy's header",
            (o, n, v) => o.ProxyProtocol = OptionValues.Version(n, v)),
        new("--seconds", "TIME", "end by itself after this long (demonstration: default 10)",
            (o, n, v) => o.Seconds = Timeout(n, v)),
        new("--json", null, "report in one line of JSON instead of a table", (o, _, _) => o.Json = true),
        new("--help", null, "this page", (o, _, _) => o.Help = true),
    ];

    private static void AddBackend(ProxyOptions options, string name, string value)
    {
        if (options.Backends.Count == OptionLimits.MostBackends)
        {
            throw new UsageException($"{name}: at most {OptionLimits.MostBackends} backends");
        }

        options.Backends.Add(HostPort.Parse(name, value, 1));
    }

    private static TimeSpan Timeout(string name, string value)
        => OptionValues.Duration(name, value, OptionLimits.ShortestTimeout, OptionLimits.LongestTimeout);
}
