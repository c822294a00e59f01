namespace Engine.Mbufs.Bench.Report;

/// <summary>A place along the horizontal axis of a <see cref="CurveChart"/>.</summary>
/// <param name="Label">What is written there.</param>
/// <param name="Position">How far along it is, in any unit.</param>
internal readonly record struct CurvePlace(string Label, double Position)
{
    /// <summary>Places for numbers that grow, each as far from the next as their logarithms are.</summary>
    public static CurvePlace[] Logarithmic(IEnumerable<long> numbers)
        => [.. numbers.Select(static number => new CurvePlace(Figure.Binary(number), Math.Log2(Math.Max(1, number))))];

    /// <summary>Places as far from each other as the next ones.</summary>
    public static CurvePlace[] Even(params string[] labels)
        => [.. labels.Select(static (label, place) => new CurvePlace(label, place))];
}
