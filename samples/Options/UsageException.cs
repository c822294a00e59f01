namespace Engine.Samples.Options;

/// <summary>
/// The command line is wrong; the message is the one sentence that says how and what would be right, and the exit code is 2.
/// </summary>
public sealed class UsageException(string message) : Exception(message);
