using System.Diagnostics;
using System.Runtime.CompilerServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The sources that the tests were built from. A test that needs them is skipped where they are not.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    public static string Read(string path)
    {
        RequireSources();
        return File.ReadAllText(Path.Combine(Root, path));
    }

    /// <summary>Every source file of a folder, by its path from the root, without what builds put there.</summary>
    public static IEnumerable<string> SourceFiles(string folder = "")
    {
        RequireSources();
        return Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(static file => !file.Split('/').Any(static part => part is "bin" or "obj" || part.StartsWith('.')));
    }

    /// <summary>What git tracks, by its path from the root.</summary>
    public static string[] TrackedFiles()
    {
        RequireSources();
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", ["ls-files", "-z"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
            })!;
            string files = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            if (git.ExitCode == 0)
            {
                return files.Split('\0', StringSplitOptions.RemoveEmptyEntries);
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no git.
        }

        throw new IgnoreException("Git cannot list the files of the repository here.");
    }

    private static void RequireSources()
    {
        if (!File.Exists(Path.Combine(Root, "Directory.Build.props")))
        {
            throw new IgnoreException("The sources that these tests were built from are not on this machine.");
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
