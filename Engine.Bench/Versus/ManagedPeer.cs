using System.Globalization;
using System.Reflection;
using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>
/// A side that runs on .NET, in a fresh process of this program: the engine itself, and its peers of the framework.
/// </summary>
internal sealed class ManagedPeer : IPeer
{
    private readonly Side _side;
    private readonly Placement _placement;

    public ManagedPeer(Side side, Placement placement)
    {
        _side = side;
        _placement = placement;
    }

    public string Name => _side.Name;

    public string? MissingBecause => null;

    public bool RunsTwice => false;

    public bool Does(Work work) => _side.Does(work);

    public Sample Measure(Work work)
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
