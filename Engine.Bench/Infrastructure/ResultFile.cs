using System.Text.Json;

namespace Engine.Mbufs.Bench;

/// <summary>
/// Results for programs: JSON in snake_case, one object with its kind, the machine, the command and the rows. A file is there
/// when it is complete, or not at all.
/// </summary>
internal static class ResultFile
{
    /// <summary>How every result is written.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Writes the results of a verb.</summary>
    /// <exception cref="BenchException">The file cannot be written.</exception>
    public static void Write<TRow>(string path, string kind, IEnumerable<string> arguments, IReadOnlyList<TRow> rows)
        => WriteText(
            path,
            JsonSerializer.Serialize(
                new Root<TRow>(kind, Machine.Describe(), Command(kind, arguments), rows), Json) + "\n");

    /// <summary>Writes a whole text beside the file, then puts it in its place.</summary>
    /// <exception cref="BenchException">The file cannot be written.</exception>
    public static void WriteText(string path, string text)
    {
        string part = path + ".part";
        try
        {
            File.WriteAllText(part, text);
            File.Move(part, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"The results could not be written to {path}: {failure.Message}");
        }
    }

    /// <summary>What makes the results again, on any machine: of paths, only the names.</summary>
    public static string Command(string kind, IEnumerable<string> arguments)
        => string.Join(' ', arguments.Select(static argument => Path.GetFileName(argument) ?? argument).Prepend(kind));

    private sealed record Root<TRow>(string Kind, Machine Machine, string Command, IReadOnlyList<TRow> Rows);
}
