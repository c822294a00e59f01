using System.Text.Json;

using Engine.Mbufs.Bench.Report;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>Small results of every verb, as their files hold them.</summary>
internal static class SampleResults
{
    public static IEnumerable<string> All() => [Gate(), Proxy(), Storm(), Versus()];

    public static string Versus(string work = "burst32", string peer = "dpdk") => $$"""
        [{ "work": {{Json(work)}}, "peer": {{Json(peer)}}, "engine_ns": 2.5, "peer_ns": 5, "ratio": 0.5, "ratio_low": 0.4,
           "ratio_high": 0.6, "engine_managed_bytes": 0 }]
        """;

    public static string Storm(string scenario = "in-flight", string series = "no write", string machine = "a machine") => $$"""
        { "kind": "storm",
          "machine": { "processor": {{Json(machine)}}, "cores": 2, "novelty": [] },
          "command": "storm --only in-flight",
          "rows": [ {{StormRow(scenario, series, 1024, 1)}}, {{StormRow(scenario, series, 65536, 1.5)}},
            {{StormRow(scenario, series, 1048576, 2)}} ] }
        """;

    public static string Proxy(string scenario = "small-64", string proxy = "engine") => $$"""
        { "kind": "proxy", "machine": { "cores": 2 }, "rows": [
          { "scenario": {{Json(scenario)}}, "proxy": {{Json(proxy)}}, "requests_per_second": 1000, "bytes_per_second": 1e6,
            "cpu_per_request_us": 3.5, "cpu_per_gb_s": null, "ratio": 0.92, "ratio_low": 0.9, "ratio_high": 0.95,
            "latency_p50_us": 10, "latency_p90_us": 20, "latency_p99_us": 30, "latency_p999_us": null, "gc_collections": 0,
            "managed_bytes": 0,
            "peak_memory_bytes": 1048576, "busy": 0.5 },
          { "scenario": {{Json(scenario)}}, "proxy": "haproxy", "requests_per_second": null, "bytes_per_second": 1e6,
            "cpu_per_request_us": null, "cpu_per_gb_s": 0.4, "ratio": 1, "ratio_low": 1, "ratio_high": 1, "latency_p50_us": 10,
            "latency_p90_us": 20, "latency_p99_us": 30, "latency_p999_us": 40, "gc_collections": null, "managed_bytes": null,
            "peak_memory_bytes": 1048576, "busy": 0.5 } ] }
        """;

    public static string Gate(string kernel = "alloc-free") => $$"""
        { "kind": "gate", "outcome": "grown", "rows": [
          { "kernel": {{Json(kernel)}}, "before": 100, "now": 110.5, "growth": 0.105 },
          { "kernel": "fresh", "before": null, "now": 12, "growth": null } ] }
        """;

    /// <summary>What the reader makes of the text of a file.</summary>
    public static ReportSection Section(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return ResultReader.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string StormRow(string scenario, string series, int value, double growth) => FormattableString.Invariant($$"""
        { "scenario": {{Json(scenario)}}, "series": {{Json(series)}}, "parameter": "packets in flight", "value": {{value}},
          "threads": 1, "operations": 1000000, "per_second": 1e8, "ns_per_packet": 4, "ns_low": 3.9, "ns_high": 4.2,
          "growth": {{growth}}, "growth_low": {{growth}}, "growth_high": {{growth}}, "p50_ns": 90, "p90_ns": 120, "p99_ns": 150,
          "p999_ns": 300, "max_ns": 9000, "managed_bytes": 0, "denied": 0, "wrong": 0, "leaked": 0, "problems": [] }
        """);

    private static string Json(string text) => JsonSerializer.Serialize(text);
}
