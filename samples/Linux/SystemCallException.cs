using System.Runtime.InteropServices;

namespace Engine.Samples.Linux;

/// <summary>The system refused what cannot be done without; the message is one line that says what, and why.</summary>
public sealed class SystemCallException(string message) : Exception(message)
{
    /// <summary>Of the call that was made last.</summary>
    public static SystemCallException Of(string call) => new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");
}
