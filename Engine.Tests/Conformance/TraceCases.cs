using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>
/// The traces of the repository, and those of every folder that the environment names, separated as PATH is.
/// </summary>
internal static class TraceCases
{
    public const string Variable = "ENGINE_TRACES";

    private const string Own = "Traces";

    private static string OwnFolder => Path.Combine(TestContext.CurrentContext.TestDirectory, "Conformance", Own);

    public static IEnumerable<TestCaseData> All() => Find(Environment.GetEnvironmentVariable(Variable))
        .Select(static trace => new TestCaseData(trace).SetArgDisplayNames(trace.Name));

    public static IReadOnlyList<TraceCase> Find(string? named)
    {
        // Folders may have the same last name and files the same names: the whole path tells them apart.
        IEnumerable<string> folders = (named ?? "").Split(Path.PathSeparator)
            .Where(static folder => folder.Length > 0)
            .Select(Path.GetFullPath)
            .Distinct(StringComparer.Ordinal);
        return [.. In(OwnFolder, Own), .. folders.SelectMany(static folder => In(folder, folder))];
    }

    public static IReadOnlyList<TraceCase> In(string folder, string label)
    {
        if (!Directory.Exists(folder))
        {
            return [new TraceCase(label, null, $"There is no folder {folder}.")];
        }

        string[] names = [.. Directory.EnumerateFiles(folder)
            .Where(static file => Path.GetExtension(file) is TraceFile.TraceExtension or TraceFile.ExpectedExtension)
            .Select(static file => Path.GetFileNameWithoutExtension(file))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? [new TraceCase(label, null, $"There is no trace in {folder}.")]
            : [.. names.Select(name => Pair(folder, label, name))];
    }

    private static TraceCase Pair(string folder, string label, string name)
    {
        string path = Path.Combine(folder, name);
        string? missing = new[] { TraceFile.TraceExtension, TraceFile.ExpectedExtension }
            .FirstOrDefault(extension => !File.Exists(path + extension));
        return missing is null
            ? new TraceCase($"{label}/{name}", path + TraceFile.TraceExtension, null)
            : new TraceCase($"{label}/{name}", null, $"There is no {path}{missing}.");
    }
}
