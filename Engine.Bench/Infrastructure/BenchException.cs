namespace Engine.Mbufs.Bench;

/// <summary>A run could not be completed; the message is one line for the user. Exit code 1.</summary>
internal sealed class BenchException(string message) : Exception(message)
{
}
