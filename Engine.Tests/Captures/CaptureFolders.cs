using Engine.Mbufs.Tests.Contracts;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>
/// Captures of real traffic with their ground truth: those beside the repository, and those of every folder that the
/// environment names, separated as PATH is. A folder has the captures, index.tsv with a row for each, and truth/NAME.tsv with a
/// row for each frame.
/// </summary>
internal static class CaptureFolders
{
    public const string Variable = "ENGINE_CAPTURES";

    private static string Beside => Path.GetFullPath(Path.Combine(Repository.Root, "../shared/pcaps"));

    /// <summary>For a test's source of cases: never empty. A test begins with <see cref="Require"/>.</summary>
    public static IEnumerable<TestCaseData> All() => Find(Beside, Environment.GetEnvironmentVariable(Variable))
        .Select(static capture => new TestCaseData(capture).SetArgDisplayNames(capture.Name));

    /// <summary>Skips the test where there are no captures; fails it where they were promised.</summary>
    public static void Require(CaptureFile capture)
    {
        if (capture.Problem is null)
        {
            return;
        }

        if (capture.IsPromised)
        {
            Assert.Fail(capture.Problem);
        }

        Assert.Ignore($"{capture.Problem} Captures may also be in folders that {Variable} names.");
    }

    public static IReadOnlyList<CaptureFile> Find(string beside, string? named)
    {
        string[] folders = [.. (named ?? "").Split(Path.PathSeparator)
            .Where(static folder => folder.Length > 0)
            .Select(Path.GetFullPath)
            .Distinct(StringComparer.Ordinal)
            .Where(folder => folder != beside)];

        // Where captures are named, none need be beside the repository.
        IEnumerable<CaptureFile> usual = folders.Length > 0 && !Directory.Exists(beside)
            ? []
            : In(beside, label: "", isPromised: false);
        return [.. usual, .. folders.SelectMany(static folder => In(folder, folder + "/", isPromised: true))];
    }

    private static IReadOnlyList<CaptureFile> In(string folder, string label, bool isPromised)
    {
        string name = label.Length > 0 ? label : "captures";
        if (!Directory.Exists(folder))
        {
            return [Missing(name, $"There is no folder {folder}.", isPromised)];
        }

        string index = Path.Combine(folder, "index.tsv");
        if (!File.Exists(index))
        {
            return [Missing(name, $"There is no {index}.", isPromised: true)];
        }

        IReadOnlyList<TabRow> rows = TabRow.Load(index);
        return rows.Count == 0
            ? [Missing(name, $"There is no row in {index}.", isPromised: true)]
            : [.. rows.Select(row => Of(folder, label, row))];
    }

    private static CaptureFile Of(string folder, string label, TabRow row)
    {
        string path = Path.Combine(folder, row["name"]);
        string truth = Path.Combine(folder, "truth", row["name"] + ".tsv");
        string? missing = new[] { path, truth }.FirstOrDefault(static file => !File.Exists(file));
        return missing is null
            ? new CaptureFile(label + row["name"], path, row, truth, null, IsPromised: true)
            : Missing(label + row["name"], $"There is no {missing}, which the index names.", isPromised: true);
    }

    private static CaptureFile Missing(string name, string problem, bool isPromised)
        => new(name, null, null, null, problem, isPromised);
}
