namespace Engine.Mbufs.Bench;

/// <summary>The command line asks for what there is not; the message says what there is. Exit code 2.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message) : base(message)
    {
    }
}
