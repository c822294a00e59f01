namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Where a trace went otherwise than in the reference.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Line">The operation; null in a trace without any.</param>
/// <param name="Expected">The content of the line that the reference printed.</param>
/// <param name="Came">The line that came, or why there is none.</param>
internal sealed record TraceFailure(string Trace, TraceLine? Line, string Expected, string Came)
{
    public override string ToString() => $"""
        {Trace}, line {Line?.FileLine ?? 0}: {Line?.Text ?? "(the trace is empty)"}
        expected: {Expected}
        came:     {Came}
        """;
}
