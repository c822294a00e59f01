using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>
/// The engine of another checkout, by the verb <c>measure</c> of that checkout's own suite: its engine, its way to do the works.
/// </summary>
internal sealed class BeforePeer : IPeer
{
    private const string Project = "Engine.Bench";

    // A work that no checkout has: the answer names those that it has.
    private const string NoWork = "none";
    private const string Works = $"There is no work '{NoWork}': ";

    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(10);

    private readonly Placement _placement;
    private readonly TemporaryWorktree? _worktree;
    private readonly string _program = "";
    private readonly string _usage = "";
    private readonly HashSet<string> _works = [];

    public BeforePeer(string checkout, Placement placement)
    {
        _placement = placement;
        try
        {
            _worktree = Directory.Exists(checkout) ? null : new TemporaryWorktree(checkout);
            _program = Build(Path.GetFullPath(_worktree?.Folder ?? checkout));
            _usage = ChildProcess.Output("dotnet", [_program, "measure", "--help"]);
            _works = [.. KnownWorks()];
        }
        catch (BenchException failure)
        {
            MissingBecause = failure.Message;
        }
    }

    public string Name => PeerNames.Before;
    public bool RunsTwice => false;
    public string? MissingBecause { get; }

    public bool Does(Operation work) => _works.Contains(work.Name);

    public Sample Measure(Operation work)
    {
        // The first checkouts had no work of two threads, and no option for the second.
        var arguments = new List<string>
        {
            _program, "measure", Side.Engine.Name, work.Name, "--milliseconds", Text(_placement.Milliseconds),
        };
        AddIfKnown(arguments, "--cpu", _placement.Core);
        AddIfKnown(arguments, "--partner", work.Cores > 1 ? _placement.SecondCore : null);
        return Sample.Parse(ChildProcess.Output("dotnet", arguments), work.Name);
    }

    public void Dispose() => _worktree?.Dispose();

    /// <summary>Builds a checkout's suite where it is; how its sources are styled is not the question.</summary>
    /// <returns>The program.</returns>
    private static string Build(string folder)
    {
        string project = Path.Combine(folder, Project, Project + ".csproj");
        if (!File.Exists(project))
        {
            throw new BenchException($"{folder} has no {Project}.");
        }

        string[] settings = ["-c", "Release", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "--nologo"];
        try
        {
            Run(["build", project, .. settings, "-v:q", "-clp:ErrorsOnly;NoSummary", "--disable-build-servers"], folder);
            return Run(["build", project, .. settings, "--no-restore", "--getProperty:TargetPath"], folder).Trim();
        }
        catch (BenchException failure)
        {
            throw new BenchException($"{folder} does not build: {failure.Message}");
        }
    }

    /// <summary>In the checkout, which may ask for an SDK of its own.</summary>
    private static string Run(string[] arguments, string folder)
        => ChildProcess.Output(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder }, s_buildLimit);

    private string[] KnownWorks()
    {
        try
        {
            ChildProcess.Output("dotnet", [_program, "measure", Side.Engine.Name, NoWork]);
        }
        catch (BenchException answer) when (answer.Message.Contains(Works, StringComparison.Ordinal))
        {
            int start = answer.Message.IndexOf(Works, StringComparison.Ordinal) + Works.Length;
            return answer.Message[start..].TrimEnd('.').Split(", ");
        }

        throw new BenchException($"Its verb measure does not say which works it has: {_program}");
    }

    private void AddIfKnown(List<string> arguments, string option, int? value)
    {
        if (value is int number && _usage.Contains(option + " ", StringComparison.Ordinal))
        {
            arguments.AddRange([option, Text(number)]);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A commit of this repository in a folder of its own, until it is disposed of or the run is interrupted.</summary>
internal sealed class TemporaryWorktree : IDisposable
{
    private readonly TemporaryFolder _parent;

    public TemporaryWorktree(string commit)
    {
        if (commit.StartsWith('-'))
        {
            throw new BenchException($"'{commit}' is no commit.");
        }

        _parent = new TemporaryFolder(Remove);
        Folder = Path.Combine(_parent.Path, "checkout");
        try
        {
            ChildProcess.Output("git", ["worktree", "add", "--quiet", "--detach", Folder, commit]);
        }
        catch (BenchException failure)
        {
            Dispose();
            throw new BenchException($"'{commit}' is no folder, and no commit that can be checked out: {failure.Message}");
        }
    }

    public string Folder { get; }

    public void Dispose() => _parent.Dispose();

    private void Remove()
    {
        if (Directory.Exists(Folder))
        {
            ChildProcess.Output("git", ["worktree", "remove", "--force", Folder]);
        }
    }
}

/// <summary>A folder that is gone when it is disposed of, and when the run, which takes minutes, is interrupted.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly PosixSignal[] s_interruptions = [PosixSignal.SIGINT, PosixSignal.SIGTERM];

    private readonly PosixSignalRegistration[] _interruptions;
    private readonly Action? _beforeRemoval;

    public TemporaryFolder(Action? beforeRemoval = null)
    {
        _beforeRemoval = beforeRemoval;
        Path = Directory.CreateTempSubdirectory("engine-bench-").FullName;
        _interruptions = [.. s_interruptions.Select(signal => PosixSignalRegistration.Create(signal, _ => Remove()))];
    }

    public string Path { get; }

    public void Dispose()
    {
        Array.ForEach(_interruptions, static interruption => interruption.Dispose());
        Remove();
    }

    private void Remove()
    {
        if (Directory.Exists(Path))
        {
            _beforeRemoval?.Invoke();
            Directory.Delete(Path, recursive: true);
        }
    }
}
