using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Mbufs.Bench.Report;

/// <summary>
/// The tables of a document: what stands between <c>&lt;!-- table: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c> is made anew,
/// all else stays.
/// </summary>
internal static partial class MarkedTables
{
    private const string End = "<!-- end -->";

    private static readonly string[] s_kinds = [VersusSection.Name, Storm.StormCommand.Kind, ProxySection.Name, GateSection.Name];

    /// <summary>The document with every table that there are results for; the others stay, and are named.</summary>
    /// <exception cref="BenchException">The document cannot be read, or a marker is wrong.</exception>
    public static string Replace(string path, IReadOnlyList<ReportSection> sections)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"{path} cannot be read: {failure.Message}");
        }

        return ReplaceIn(path, text, sections);
    }

    /// <inheritdoc cref="Replace"/>
    public static string ReplaceIn(string path, string text, IReadOnlyList<ReportSection> sections)
    {
        var result = new StringBuilder();
        int copied = 0;
        MatchCollection markers = Marker().Matches(text);
        if (markers.Count == 0)
        {
            throw new BenchException($"{path} has no table to replace: they stand between <!-- table: NAME --> and {End}.");
        }

        foreach (Match marker in markers)
        {
            int start = marker.Index + marker.Length;
            int end = text.IndexOf(End, start, StringComparison.Ordinal);
            if (end < 0 || marker.NextMatch() is { Success: true } next && next.Index < end)
            {
                throw new BenchException($"{path}: the table '{marker.Groups["name"].Value}' has no {End}.");
            }

            string? table = TableOf(path, marker.Groups["name"].Value, sections);
            result.Append(text, copied, start - copied).Append(table is null ? text[start..end] : $"\n{table}");
            copied = end;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The Markdown of a marker's name; null if there are no results for it.</summary>
    private static string? TableOf(string path, string name, IReadOnlyList<ReportSection> sections)
    {
        string[] words = name.Split(':', 2);
        if (!s_kinds.Contains(words[0]))
        {
            throw new BenchException(
                $"{path}: there is no table '{name}': {string.Join(", ", s_kinds)}, or one part of them, as in storm:in-flight.");
        }

        string? part = words.Length > 1 ? words[1] : null;
        List<ReportSection> own = [.. sections.Where(section => section.Kind == words[0])];
        List<ReportSection> having = [.. own.Where(section => part is null || section.Parts.Any(has => has.Name == part))];
        if (having.Count > 0)
        {
            return string.Join('\n', having.Select(section => section.ToMarkdown(part)));
        }

        if (own.Count > 0 && !IsKnown(words[0], part))
        {
            IEnumerable<string> there = own.SelectMany(static section => section.Parts).Select(has => $"{words[0]}:{has.Name}");
            throw new BenchException(
                $"{path}: there is no table '{name}'; in the results are {string.Join(", ", there)}.");
        }

        Console.Error.WriteLine($"{path}: the table '{name}' stays as it is, no results were given for it.");
        return null;
    }

    /// <summary>True for what could be in results, if they were of everything.</summary>
    private static bool IsKnown(string kind, string? part) => kind switch
    {
        Storm.StormCommand.Kind => Storm.Scenario.All.Any(scenario => scenario.Name == part),
        ProxySection.Name => Proxy.Scenario.All.Any(scenario => scenario.Name == part),
        _ => false,
    };

    [GeneratedRegex("<!-- table: (?<name>[^\\s]+) -->")]
    private static partial Regex Marker();
}
