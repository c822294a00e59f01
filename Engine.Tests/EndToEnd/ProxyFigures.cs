using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>The line that a proxy reports with: these figures, all of them and no others.</summary>
internal sealed record ProxyFigures
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required double Seconds { get; init; }

    public required long Connections { get; init; }

    public required long Refused { get; init; }

    public required long BytesToBackend { get; init; }

    public required long BytesToClient { get; init; }

    public required long WorkerManagedBytes { get; init; }

    public required long GcCollections { get; init; }

    public required long MbufsHighWater { get; init; }

    public required long ClustersHighWater { get; init; }

    public required long LiveMbufs { get; init; }

    public static ProxyFigures Parse(string json) => JsonSerializer.Deserialize<ProxyFigures>(json, s_json)!;
}
