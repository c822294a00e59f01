using System.Globalization;
using System.Reflection;
using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>
/// A side that runs on .NET, in a fresh process of this program: the engine itself, and its peers of the framework.
/// </summary>
internal sealed class ManagedPeer : IPeer
{
    private readonly HashSet<string>? _works;
    private readonly int _cpu;
    private readonly int _milliseconds;

    /// <param name="name">The side's name for the verb <c>measure</c>.</param>
    /// <param name="cpu">The core to measure on.</param>
    /// <param name="milliseconds">How long to measure.</param>
    /// <param name="works">The works it does; none for all.</param>
    public ManagedPeer(string name, int cpu, int milliseconds, params string[] works)
    {
        Name = name;
        _cpu = cpu;
        _milliseconds = milliseconds;
        _works = works.Length == 0 ? null : [.. works];
    }

    public string Name { get; }

    public string? MissingBecause => null;

    public bool Does(Work work) => _works?.Contains(work.Name) ?? true;

    public Sample Measure(Work work)
    {
        string program = Environment.ProcessPath ?? throw new BenchException("The path of this program is not to be had.");
        var arguments = new List<string>
        {
            "measure", Name, work.Name,
            "--cpu", _cpu.ToString(CultureInfo.InvariantCulture),
            "--milliseconds", _milliseconds.ToString(CultureInfo.InvariantCulture),
        };

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
}
