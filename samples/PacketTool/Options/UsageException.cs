namespace PacketTool;

/// <summary>
/// The command line is wrong; the message is the one line that says how and what would be right, and the exit code is 2.
/// </summary>
internal sealed class UsageException(string message) : Exception(message);
