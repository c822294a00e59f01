using System.Text;
using System.Text.Json;

namespace Proxy;

/// <summary>The report as one line of JSON.</summary>
internal static class ReportJson
{
    public static string Format(ProxyReport report)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
            json.WriteNumber("connections", report.Connections);
            json.WriteNumber("refused", report.Refused);
            json.WriteNumber("bytes_to_backend", report.BytesToBackend);
            json.WriteNumber("bytes_to_client", report.BytesToClient);
            json.WriteNumber("worker_managed_bytes", report.WorkerManagedBytes);
            json.WriteNumber("gc_collections", report.GcCollections);
            json.WriteNumber("mbufs_high_water", report.MbufsHighWater);
            json.WriteNumber("clusters_high_water", report.ClustersHighWater);
            json.WriteNumber("live_mbufs", report.LiveMbufs);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
