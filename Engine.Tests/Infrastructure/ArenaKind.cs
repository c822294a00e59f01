namespace Engine.Mbufs.Tests;

/// <summary>One set of options that a whole fixture runs with.</summary>
/// <param name="Headroom">Bytes before the data of each new cluster.</param>
/// <param name="Checked">Freed storage is poisoned and kept in quarantine.</param>
public sealed record ArenaKind(int Headroom, bool Checked)
{
    /// <summary>Every verb is tested with and without headroom, in normal and in checked mode.</summary>
    public static IReadOnlyList<ArenaKind> All { get; } =
        [new(128, false), new(0, false), new(128, true), new(0, true)];

    public override string ToString() => $"headroom {Headroom}{(Checked ? ", checked" : "")}";
}
