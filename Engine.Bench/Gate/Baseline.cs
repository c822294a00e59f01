using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>The counts that were accepted, for one runtime and instruction set: one file of the repository each.</summary>
/// <param name="Runtime">The version of the runtime.</param>
/// <param name="InstructionSet">What the code was compiled for.</param>
/// <param name="Kernels">Instructions by the kernel's name, in the order of the tables.</param>
internal sealed record Baseline(string Runtime, string InstructionSet, IReadOnlyDictionary<string, decimal> Kernels)
{
    /// <summary>
    /// The baseline of an environment: from the sources, if this program was built here, else the copy that it carries. Null if
    /// there is none.
    /// </summary>
    public static Baseline? Find(CountingEnvironment environment)
    {
        string path = PathOf(environment);
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            return File.Exists(path) ? Parse(File.ReadAllText(path), path) : null;
        }

        using Stream? resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("Baselines/" + Path.GetFileName(path));
        if (resource is null)
        {
            return null;
        }

        using var reader = new StreamReader(resource);
        return Parse(reader.ReadToEnd(), Path.GetFileName(path));
    }

    /// <summary>Reads one.</summary>
    public static Baseline Parse(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<Baseline>(json, ResultFile.Json) is { Kernels: not null } baseline
                ? baseline
                : throw new BenchException($"The baseline {name} has no kernels.");
        }
        catch (JsonException failure)
        {
            throw new BenchException($"The baseline {name} cannot be read: {failure.Message}");
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, ResultFile.Json) + "\n";

    /// <summary>Writes it into the sources, beside those of other environments.</summary>
    /// <returns>Where it was written.</returns>
    public string Save()
    {
        string path = PathOf(new CountingEnvironment(Runtime, InstructionSet));
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new BenchException("The baseline belongs to the sources, which are not on this machine.");
        }

        ResultFile.WriteText(path, ToJson());
        return path;
    }

    private static string PathOf(CountingEnvironment environment) => Path.Combine(
        Path.GetDirectoryName(ThisFile())!, "Baselines", $"{environment.Runtime}-{environment.InstructionSet}.json");

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
