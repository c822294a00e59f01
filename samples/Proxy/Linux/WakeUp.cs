using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Proxy;

/// <summary>An eventfd: how another thread makes a loop leave epoll_wait.</summary>
[SupportedOSPlatform("linux")]
internal sealed class WakeUp : IDisposable
{
    public WakeUp()
    {
        Descriptor = Libc.EventDescriptor(0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
        if (Descriptor < 0)
        {
            throw StartException.OfSystemCall("eventfd", Marshal.GetLastPInvokeError());
        }
    }

    public int Descriptor { get; private set; }

    /// <summary>From any thread.</summary>
    public void Signal() => _ = Libc.Write(Descriptor, 1, sizeof(ulong));

    /// <summary>On the loop's thread.</summary>
    public void Clear()
    {
        ulong count = 0;
        _ = Libc.Read(Descriptor, ref count, sizeof(ulong));
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
        }
    }
}
