namespace Proxy;

/// <summary>
/// The proxy cannot start, or not go on; the message is the one line that the user reads, and the exit code is 1.
/// </summary>
internal sealed class StartException(string message) : Exception(message);
