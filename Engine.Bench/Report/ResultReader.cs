using System.Text.Json;

using Engine.Mbufs.Bench.Proxy;
using Engine.Mbufs.Bench.Storm;

namespace Engine.Mbufs.Bench.Report;

/// <summary>
/// Reads what the other verbs write. Files come from anywhere: whatever is wrong with one is said, with its name.
/// </summary>
internal static class ResultReader
{
    private const string Expected = "expected is what versus, storm, proxy or gate write with --json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The section of the report that a file's results make.</summary>
    /// <exception cref="BenchException">The file cannot be read, or is not what one of the verbs writes.</exception>
    public static ReportSection Read(string path)
    {
        using JsonDocument document = Parse(path);
        JsonElement root = document.RootElement;
        try
        {
            return root.ValueKind switch
            {
                JsonValueKind.Array => new VersusSection(Rows(path, Deserialize<List<VersusRow>>(root))),
                JsonValueKind.Object => ReadObject(path, root),
                _ => throw new BenchException($"{path} holds neither an object nor an array: {Expected}."),
            };
        }
        catch (JsonException wrong)
        {
            throw new BenchException($"{path} is not what its verb writes: {wrong.Message.Split('\n')[0]}");
        }
    }

    private static ReportSection ReadObject(string path, JsonElement root)
    {
        string? kind = root.TryGetProperty("kind", out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new BenchException($"{path} does not say its kind: {Expected}.");
        return kind switch
        {
            VersusSection.Name => ReadVersus(path, root),
            StormCommand.Kind => ReadStorm(path, root),
            ProxySection.Name => ReadProxy(path, root),
            GateSection.Name => ReadGate(path, root),
            _ => throw new BenchException($"{path} is of kind '{kind}', which is not known: {Expected}."),
        };
    }

    private static VersusSection ReadVersus(string path, JsonElement root)
        => new(Rows(path, Deserialize<ResultRoot<VersusRow>>(root).Rows));

    private static StormSection ReadStorm(string path, JsonElement root)
    {
        ResultRoot<StormRow> results = Deserialize<ResultRoot<StormRow>>(root);
        return new StormSection(results.Machine, results.Command, Rows(path, results.Rows));
    }

    private static ProxySection ReadProxy(string path, JsonElement root)
    {
        ResultRoot<ProxyRow> results = Deserialize<ResultRoot<ProxyRow>>(root);
        return new ProxySection(results.Machine, results.Command, Rows(path, results.Rows));
    }

    private static GateSection ReadGate(string path, JsonElement root)
    {
        ResultRoot<GateRow> results = Deserialize<ResultRoot<GateRow>>(root);
        return new GateSection(results.Machine, results.Command, results.Outcome, Rows(path, results.Rows));
    }

    private static T Deserialize<T>(JsonElement element)
        => element.Deserialize<T>(s_json) ?? throw new JsonException("null where results were expected.");

    private static List<TRow> Rows<TRow>(string path, List<TRow> rows)
        => rows.Count == 0 ? throw new BenchException($"{path} has no rows: {Expected}.")
            : rows.Exists(static row => row is null) ? throw new BenchException($"{path} has a row that is null: {Expected}.")
            : rows;

    private static JsonDocument Parse(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return string.IsNullOrWhiteSpace(text)
                ? throw new BenchException($"{path} is empty: {Expected}.")
                : JsonDocument.Parse(text);
        }
        catch (JsonException wrong)
        {
            throw new BenchException($"{path} is not JSON from line {wrong.LineNumber + 1} on: {Expected}.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"{path} cannot be read: {failure.Message}");
        }
    }
}

/// <summary>What a file of results is, whichever verb wrote it.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Machine">Where they come from.</param>
/// <param name="Command">What they were made with.</param>
/// <param name="Outcome">How it ended, for a verb that judges.</param>
internal sealed record ResultRoot<TRow>(
    List<TRow> Rows, ResultMachine? Machine = null, string? Command = null, string? Outcome = null);
