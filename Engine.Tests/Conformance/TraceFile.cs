namespace Engine.Mbufs.Tests.Conformance;

/// <summary>A trace, and what the reference implementation printed for it.</summary>
/// <param name="Name">Names it in messages.</param>
/// <param name="Operations">What to do.</param>
/// <param name="Expected">One line for each operation.</param>
internal sealed record TraceFile(string Name, IReadOnlyList<TraceLine> Operations, IReadOnlyList<string> Expected)
{
    public const string TraceExtension = ".trace";
    public const string ExpectedExtension = ".expected";

    public static TraceFile Load(string path)
        => Parse(path, File.ReadAllText(path), File.ReadAllText(Path.ChangeExtension(path, ExpectedExtension)));

    public static TraceFile Parse(string name, string trace, string expected)
        => new(name, TraceLine.ParseAll(Lines(trace)), Lines(expected));

    /// <summary>
    /// What is compared of a result: all of it before the first bar. What follows is how the reference laid its memory out.
    /// </summary>
    public static string ContentOf(string result)
    {
        int bar = result.IndexOf(" |", StringComparison.Ordinal);
        return bar < 0 ? result : result[..bar];
    }

    /// <summary>A line feed ends a line; nothing else does.</summary>
    private static string[] Lines(string text)
    {
        string[] lines = text.Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
