using System.Runtime.InteropServices;

namespace Proxy;

/// <summary>SIGTERM and SIGINT ask for an orderly end instead of ending the process.</summary>
internal sealed class EndSignals : IDisposable
{
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public EndSignals(Action askToEnd)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);

        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            askToEnd();
        }
    }

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }
}
