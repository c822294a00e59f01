using System.ComponentModel;
using System.Diagnostics;

namespace Engine.Mbufs.Bench;

/// <summary>Runs a program to its end, within a limit of time.</summary>
internal static class ChildProcess
{
    // ENOENT, and ERROR_FILE_NOT_FOUND of Windows.
    private const int NotFound = 2;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    /// <summary>What the program wrote to standard output.</summary>
    /// <exception cref="BenchException">It is not there, failed, or did not end.</exception>
    public static string Output(string program, IEnumerable<string> arguments) => Output(new ProcessStartInfo(program, arguments));

    /// <summary>The same for a program that is started in a folder or an environment of its own.</summary>
    /// <exception cref="BenchException">It is not there, failed, or did not end.</exception>
    public static string Output(ProcessStartInfo start, TimeSpan? limit = null)
    {
        string program = start.FileName;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Start(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        TimeSpan most = limit ?? s_limit;
        if (!process.WaitForExit(most))
        {
            process.Kill(entireProcessTree: true);
            throw new BenchException($"{program} did not end within {most.TotalMinutes} minutes.");
        }

        if (process.ExitCode != 0)
        {
            // Compilers write what is wrong where others write results.
            string said = errors.Result.Trim() is { Length: > 0 } error ? error : output.Result.Trim();
            string reason = said.Split('\n')[0].TrimEnd('.');
            throw new BenchException(
                $"{program} failed with exit code {process.ExitCode}{(reason.Length > 0 ? ": " + reason : "")}.");
        }

        return output.Result;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new BenchException($"{start.FileName} did not start.");
        }
        catch (Win32Exception failure)
        {
            throw new BenchException(failure.NativeErrorCode == NotFound
                ? $"{start.FileName} is not installed."
                : $"{start.FileName} did not start: {failure.Message}.");
        }
    }
}
