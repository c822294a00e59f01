namespace Engine.Mbufs.Bench;

/// <summary>A run could not be completed; the message is one line for the user. Exit code 1.</summary>
internal sealed class BenchException : Exception
{
    public BenchException(string message) : base(message)
    {
    }
}

/// <summary>The command line asks for what there is not; the message says what there is. Exit code 2.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message) : base(message)
    {
    }
}
