namespace Engine.Mbufs.Bench.Proxy;

/// <summary>One kind of load that every proxy is put under.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Connections">Clients, each with a connection of its own for the length of a burst.</param>
/// <param name="BodyBytes">Bytes of a response behind its header.</param>
/// <param name="Description">The same in words.</param>
internal sealed record Scenario(string Name, int Connections, int BodyBytes, string Description)
{
    /// <summary>From this size on a response is part of a stream: what counts is bytes, not responses.</summary>
    private const int BulkBytes = 1 << 20;

    /// <summary>Every scenario, in the order of the tables.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("small-64", 64, 32, "requests of 80 bytes, answers of 160, kept alive on 64 connections"),
        new("small-1", 1, 32, "the same on one connection"),
        new("answer-100k", 16, 100 << 10, "answers of 100 KiB on 16 connections"),
        new("bulk-1", 1, 32 << 20, "one stream, in answers of 32 MiB"),
        new("bulk-8", 8, 32 << 20, "eight such streams"),
    ];

    /// <summary>Whether cost is counted for each byte only.</summary>
    public bool IsBulk => BodyBytes >= BulkBytes;

    /// <summary>Whether a request is so small that its bytes say nothing.</summary>
    public bool IsSmall => BodyBytes < 1 << 10;

    /// <summary>The scenario of a name.</summary>
    public static Scenario Find(string name)
        => All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new UsageException(
                $"There is no scenario '{name}': {string.Join(", ", All.Select(scenario => scenario.Name))}.");
}
