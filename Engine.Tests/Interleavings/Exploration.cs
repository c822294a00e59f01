namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>What an exploration came to.</summary>
/// <param name="Finding">What was wrong first, or null if nothing is.</param>
/// <param name="States">States that were visited.</param>
/// <param name="Guards">The guards that the model names.</param>
internal sealed record Exploration(Finding? Finding, int States, IReadOnlySet<Guard> Guards);

/// <summary>Something wrong, and a shortest way to it.</summary>
internal sealed record Finding(string Sentence, IReadOnlyList<string> Schedule)
{
    public override string ToString() => $"{Sentence}{Environment.NewLine}{string.Join(Environment.NewLine, Schedule)}";
}
