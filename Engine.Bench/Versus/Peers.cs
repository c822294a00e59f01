using System.Globalization;
using System.Reflection;

using Engine.Mbufs.Bench.Measure;
using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>Somebody who does the same work, measured in a process of its own.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>What it is called in results.</summary>
    string Name { get; }

    /// <summary>Why it cannot be measured on this machine; null if it can.</summary>
    string? MissingBecause { get; }

    /// <summary>
    /// Whether it is measured before and after the engine, and the faster run counts: its processes have a slow mode.
    /// </summary>
    bool RunsTwice { get; }

    /// <summary>Whether it does a work at all.</summary>
    bool Does(Operation work);

    /// <summary>One process, one work.</summary>
    Sample Measure(Operation work);
}

/// <summary>
/// A side that runs on .NET, in a fresh process of this program: the engine itself, and its peers of the framework.
/// </summary>
internal sealed class ManagedPeer(Side side, Placement placement) : IPeer
{
    private readonly Side _side = side;
    private readonly Placement _placement = placement;

    public string Name => _side.Name;
    public string? MissingBecause => null;
    public bool RunsTwice => false;

    public bool Does(Operation work) => _side.Does(work);

    public Sample Measure(Operation work)
    {
        string program = Environment.ProcessPath ?? throw new BenchException("The path of this program is not to be had.");
        var arguments = new List<string>
        {
            "measure", Name, work.Name,
            "--cpu", Text(_placement.Core),
            "--milliseconds", Text(_placement.Milliseconds),
        };
        if (work.Cores > 1 && _placement.SecondCore is int second)
        {
            arguments.AddRange(["--partner", Text(second)]);
        }

        // Started as "dotnet Engine.Bench.dll", the program is dotnet and its first argument is we.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments.Insert(0, Assembly.GetExecutingAssembly().Location);
        }

        return Sample.Parse(ChildProcess.Output(program, arguments), work.Name);
    }

    public void Dispose()
    {
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The engine, which remembers what it measured last.</summary>
internal sealed class EnginePeer(IPeer engine) : IPeer
{
    private readonly IPeer _engine = engine;
    private readonly Dictionary<Operation, Sample> _last = [];

    public string Name => _engine.Name;
    public string? MissingBecause => _engine.MissingBecause;
    public bool RunsTwice => _engine.RunsTwice;

    public bool Does(Operation work) => _engine.Does(work);

    public Sample Measure(Operation work)
    {
        Sample sample = _engine.Measure(work);
        _last[work] = sample;
        return sample;
    }

    /// <summary>The last sample of a work; null if there is none.</summary>
    public Sample? Last(Operation work) => _last.TryGetValue(work, out Sample sample) ? sample : null;

    public void Dispose() => _engine.Dispose();
}

/// <summary>The engine at the smallest work of the same family: the ratio is how cost for each packet grows with size.</summary>
internal sealed class SelfPeer(EnginePeer engine, IReadOnlyList<Operation> works) : IPeer
{
    private readonly EnginePeer _engine = engine;
    private readonly IReadOnlyList<Operation> _works = works;

    public string Name => PeerNames.Self;
    public string? MissingBecause => null;
    public bool RunsTwice => false;

    public bool Does(Operation work) => work.Smallest is not null;

    public Sample Measure(Operation work)
    {
        // Measured in this round already, unless it was not asked for.
        Operation smallest = OperationFamily.FindCompared(work.Smallest!);
        return _works.Contains(smallest) && _engine.Last(smallest) is Sample last ? last : _engine.Measure(smallest);
    }

    public void Dispose()
    {
    }
}

/// <summary>Where and how long each process measures.</summary>
/// <param name="Core">The core of the measuring thread.</param>
/// <param name="SecondCore">The core of the other thread, in works of two; null if the process may use only one.</param>
/// <param name="Milliseconds">How long, after warming up.</param>
internal sealed record Placement(int Core, int? SecondCore, int Milliseconds)
{
    /// <summary>The last cores that this process may use: the first is where a system puts everything else.</summary>
    public static Placement OfThisProcess(int milliseconds)
    {
        IReadOnlyList<int> cores = Cores.Usable();
        return new Placement(cores[^1], cores.Count > 1 ? cores[^2] : null, milliseconds);
    }

    /// <summary>Why a work cannot be done here; null if it can.</summary>
    public string? Hinders(Operation work, long free)
    {
        if (work.Cores > 1 && SecondCore is null)
        {
            return $"it takes {work.Cores} cores, and this process may use one";
        }

        return work.MemoryBytes <= free
            ? null
            : $"it takes {Megabytes(work.MemoryBytes)} MB of memory, and {Megabytes(free)} MB are free";
    }

    private static long Megabytes(long bytes) => bytes >> 20;
}
