using System.Runtime.Versioning;

using Engine.Samples.Linux;

using Spectre.Console;

namespace Proxy;

/// <summary>
/// The proxy shows itself: an origin and clients in the same process, on the loopback interface, send traffic through it for
/// some seconds and verify every byte. It needs nothing else, neither programs nor files nor a network.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class Demonstration
{
    private const int Clients = 12;

    /// <summary>
    /// More than there are clients: a connection that was reset may still occupy its thread when the next one comes.
    /// </summary>
    private const int OriginThreads = 2 * Clients;

    private static readonly TimeSpan s_usualLength = TimeSpan.FromSeconds(10);

    /// <summary>Runs it and prints what it came to.</summary>
    /// <returns>Whether every byte arrived and every mbuf came back.</returns>
    public static bool Run(ProxyOptions options, EndRequest end)
    {
        TrafficTally tally = new();
        ProxyReport report = Forward(options, end, tally);
        ReportWriter.Write(report, options.Json);
        bool good = tally.Faults == 0 && tally.TurnedAway <= report.Refused && report.LiveMbufs == 0;
        if (!options.Json)
        {
            AnsiConsole.WriteLine(
                $"{ReportTable.Number(tally.Exchanges)} exchanges, "
                + $"{ReportTable.Number(tally.VerifiedBytes)} bytes verified at both ends, "
                + $"{ReportTable.Number(tally.Cut)} connections reset on purpose, {ReportTable.Number(tally.Faults)} faults.");
        }

        if (!good)
        {
            Console.Error.WriteLine(
                $"proxy: the demonstration failed: {tally.Faults} faults, {report.LiveMbufs} live mbufs, "
                + $"{tally.TurnedAway} connections turned away and {report.Refused} refused");
        }

        return good;
    }

    private static ProxyReport Forward(ProxyOptions options, EndRequest end, TrafficTally tally)
    {
        using DemonstrationOrigin origin = new(tally, OriginThreads);
        InetAddress any = new(System.Net.IPAddress.Loopback, 0);
        using ProxyServer server = new(options, any, new BackendList([[origin.Address]]), end);
        ProxyRun.Announce(server, options);
        using (new DemonstrationClients(tally, server.Address, Clients))
        {
            new DemonstrationDisplay(server, tally, end, options.Seconds ?? s_usualLength).Show(options.Json);
        }

        return server.Stop();
    }
}
