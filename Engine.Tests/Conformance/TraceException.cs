namespace Engine.Mbufs.Tests.Conformance;

/// <summary>A trace that cannot be run as it stands, or an engine that refuses what the reference does.</summary>
public sealed class TraceException : Exception
{
    public TraceException()
    {
    }

    public TraceException(string message)
        : base(message)
    {
    }

    public TraceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
