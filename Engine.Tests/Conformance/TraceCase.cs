namespace Engine.Mbufs.Tests.Conformance;

/// <summary>
/// A trace to run, or the reason why there is none where one was promised, which is a failure and never silence.
/// </summary>
/// <param name="Name">The folder and the file.</param>
/// <param name="Path">Where the trace is; null if there is a problem.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record TraceCase(string Name, string? Path, string? Problem)
{
    public override string ToString() => Name;
}
