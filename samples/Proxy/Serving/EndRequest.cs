using System.Runtime.InteropServices;

namespace Proxy;

/// <summary>
/// How a run is ended early: by SIGTERM or SIGINT, or by a worker that failed. One for the whole process, never disposed: a
/// second signal, sent while the first is being obeyed, must cost neither the report nor the exit code.
/// </summary>
internal sealed class EndRequest
{
    private readonly ManualResetEventSlim _asked = new();

    private readonly PosixSignalRegistration[] _registrations;

    public EndRequest() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
    ];

    /// <summary>From any thread.</summary>
    public void Ask() => _asked.Set();

    /// <summary>Waits for the time to pass (null: for ever) or the end to be asked for.</summary>
    /// <returns>Whether the end was asked for.</returns>
    public bool Wait(TimeSpan? limit) => _asked.Wait(limit ?? Timeout.InfiniteTimeSpan);

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        Ask();
    }
}
