namespace PacketTool;

/// <summary>The run cannot go on; the message is the one line that says why, and the exit code is 1.</summary>
internal sealed class ToolException(string message) : Exception(message);
