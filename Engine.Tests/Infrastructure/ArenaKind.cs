namespace Engine.Mbufs.Tests;

/// <summary>One set of options that a whole fixture runs with.</summary>
/// <param name="Headroom">Bytes before the data of each new cluster.</param>
/// <param name="Checked">Freed storage is poisoned and kept in quarantine.</param>
/// <param name="Clears">Freed storage is zeroed.</param>
public sealed record ArenaKind(int Headroom, bool Checked, bool Clears = false)
{
    /// <summary>
    /// Every verb is tested with and without headroom, in normal and in checked mode; and for secrets, in which case a fixture proves that
    /// none of what was in any packet is left.
    /// </summary>
    public static IReadOnlyList<ArenaKind> All { get; } =
        [new(128, false), new(0, false, Clears: true), new(128, true), new(0, true, Clears: true)];

    public override string ToString() => $"headroom {Headroom}{(Checked ? ", checked" : "")}{(Clears ? ", clearing" : "")}";
}
