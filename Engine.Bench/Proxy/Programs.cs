using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>The samples, as they were built beside this program.</summary>
internal static class DotnetProgram
{
    private const string AspNetCore = "Microsoft.AspNetCore.App";

    /// <summary>Why a sample cannot run here; null if it can.</summary>
    public static string? MissingBecause(string sample)
        => File.Exists(PathOf(sample)) ? null : $"it is not built; dotnet build -c Release samples/{sample}";

    /// <summary>Why Kestrel cannot run here; null if it can.</summary>
    public static string? MissingAspNetCore()
    {
        string shared = InstallationOf($"shared/{AspNetCore}");
        string version = $"{Environment.Version.Major}.{Environment.Version.Minor}";
        return Directory.Exists(shared) && Directory.EnumerateDirectories(shared, version + ".*").Any()
            ? null
            : $"there is no {AspNetCore} {version} beside this runtime; apt-get install aspnetcore-runtime-{version}, or an SDK";
    }

    /// <summary>How to start a sample: by the program that runs this one.</summary>
    public static ProcessStartInfo Start(string sample, IEnumerable<string> arguments)
        => new(InstallationOf("dotnet"), [PathOf(sample), .. arguments]);

    /// <summary>A path below the installation that this program runs on.</summary>
    private static string InstallationOf(string path)
        => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", path));

    /// <summary>Built in the same configuration for the same framework, which name the last two folders of the output.</summary>
    private static string PathOf(string sample)
    {
        string output = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string framework = Path.GetFileName(output);
        string configuration = Path.GetFileName(Path.GetDirectoryName(output)!);
        string root = Path.GetFullPath(Path.Combine(output, "../../../.."));
        return Path.Combine(root, "samples", sample, "bin", configuration, framework, sample + ".dll");
    }
}

/// <summary>Programs of the system.</summary>
internal static class SystemProgram
{
    /// <summary>Where daemons are, which a user's PATH may not name.</summary>
    private static readonly string[] s_alsoIn = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Where a program is; null if it is not installed.</summary>
    public static string? Find(string name)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        IEnumerable<string> folders = path.Where(folder => folder.Length > 0).Concat(s_alsoIn);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
