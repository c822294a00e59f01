using System.Text.Json;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>What the garbage collector of a proxy had to do.</summary>
/// <param name="Collections">Of all generations.</param>
/// <param name="Bytes">Allocated on the managed heap.</param>
internal sealed record ManagedFigures(long Collections, long Bytes)
{
    public static ManagedFigures operator -(ManagedFigures later, ManagedFigures earlier)
        => new(later.Collections - earlier.Collections, later.Bytes - earlier.Bytes);

    /// <summary>Reads the line of JSON that a proxy reports with.</summary>
    public static ManagedFigures Parse(string proxy, string json, string collections, string bytes)
    {
        try
        {
            using JsonDocument report = JsonDocument.Parse(json);
            JsonElement root = report.RootElement;
            return new ManagedFigures(root.GetProperty(collections).GetInt64(), root.GetProperty(bytes).GetInt64());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BenchException($"{proxy} did not report what its garbage collector did, but '{json.Trim()}'.");
        }
    }
}
