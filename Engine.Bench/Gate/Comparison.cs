namespace Engine.Mbufs.Bench.Gate;

/// <summary>A kernel's count beside the one that was accepted.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Before">Instructions of one operation in the baseline; null if it is not there.</param>
/// <param name="Now">Instructions of one operation as counted; null if there is no such kernel any more.</param>
internal sealed record Comparison(string Kernel, decimal? Before, decimal? Now)
{
    /// <summary>What is let pass: 2 %.</summary>
    private const decimal Allowed = 0.02m;

    /// <summary>Growth as a fraction of before; null if there is nothing to compare.</summary>
    public decimal? Growth => Before is > 0 && Now is not null ? (Now / Before) - 1 : null;

    /// <summary>True if it takes more than 2 % more.</summary>
    public bool IsGrown => Before is decimal before && Now is decimal now && now > before * (1 + Allowed);

    /// <summary>True if it takes less than was accepted: by so much could it grow again unnoticed.</summary>
    public bool IsShrunk => Now < Before;

    /// <summary>True if it is in the baseline and not counted, or the reverse.</summary>
    public bool IsMissing => Before is null || Now is null;

    /// <summary>Compares counts with a baseline.</summary>
    /// <param name="baseline">Accepted counts by name.</param>
    /// <param name="counts">What was counted.</param>
    /// <param name="isPart">True if only some of the kernels were counted: the others are no loss.</param>
    public static IReadOnlyList<Comparison> Of(
        IReadOnlyDictionary<string, decimal> baseline, IReadOnlyList<Count> counts, bool isPart)
    {
        IEnumerable<Comparison> counted = counts.Select(count => new Comparison(
            count.Kernel,
            baseline.TryGetValue(count.Kernel, out decimal before) ? before : null,
            count.Instructions));
        IEnumerable<Comparison> gone = baseline
            .Where(entry => !isPart && counts.All(count => count.Kernel != entry.Key))
            .Select(static entry => new Comparison(entry.Key, entry.Value, null));
        return [.. counted, .. gone];
    }
}
