using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// One listening socket a worker, all on the same address (SO_REUSEPORT): the kernel spreads clients over them, and no worker
/// waits for another or is woken for a client that another takes.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ListenerSet : IDisposable
{
    /// <summary>The kernel cuts it to net.core.somaxconn.</summary>
    private const int Backlog = 65_535;

    private readonly int[] _descriptors;

    private ListenerSet(int[] descriptors, InetAddress address)
    {
        _descriptors = descriptors;
        Address = address;
    }

    /// <summary>With the port that was given if 0 was asked for.</summary>
    public InetAddress Address { get; }

    /// <summary>
    /// Takes the address for all workers, or throws if anyone else listens on it. With SO_REUSEPORT alone a second proxy would
    /// bind the port of the first and quietly take half of its clients; so the first socket is bound without it, which the
    /// kernel refuses if there is a listener, and gets it afterwards, so that the others can follow.
    /// </summary>
    public static ListenerSet Bind(InetAddress address, int count)
    {
        int[] descriptors = new int[count];
        Array.Fill(descriptors, TcpSocket.None);
        try
        {
            for (int i = 0; i < count; i++)
            {
                descriptors[i] = TcpSocket.Open(address.Family);
                bool bound = descriptors[i] >= 0
                    && TcpSocket.SetReuseAddress(descriptors[i])
                    && TcpSocket.SetNoDelay(descriptors[i])
                    && (i == 0 || TcpSocket.SetReusePort(descriptors[i]))
                    && Libc.Bind(descriptors[i], in address, address.Length) == 0
                    && TcpSocket.SetReusePort(descriptors[i])
                    && TcpSocket.TryGetName(descriptors[i], out address);
                if (!bound)
                {
                    throw Failure(address, Marshal.GetLastPInvokeError());
                }
            }
        }
        catch
        {
            CloseAll(descriptors);
            throw;
        }

        return new ListenerSet(descriptors, address);
    }

    /// <summary>From now on the kernel accepts clients.</summary>
    public void Listen()
    {
        foreach (int descriptor in _descriptors)
        {
            if (Libc.Listen(descriptor, Backlog) != 0)
            {
                throw Failure(Address, Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>Hands a worker its listener, which it owns from now on.</summary>
    public int Take(int index)
    {
        int descriptor = _descriptors[index];
        _descriptors[index] = TcpSocket.None;
        return descriptor;
    }

    public void Dispose() => CloseAll(_descriptors);

    private static void CloseAll(int[] descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (descriptor != TcpSocket.None)
            {
                TcpSocket.Close(descriptor);
            }
        }

        Array.Fill(descriptors, TcpSocket.None);
    }

    private static StartException Failure(InetAddress address, int error) => error switch
    {
        Errno.AddressInUse => new(
            $"{address} is in use by another program; end it or listen on another port (port 0 takes a free one)"),
        Errno.AddressNotAvailable => new($"{address} is not an address of this machine; 0.0.0.0 and [::] stand for all that are"),
        Errno.PermissionDenied => new($"{address} may not be bound by this user; take a port of 1024 or more"),
        _ => new($"cannot listen on {address}: {Marshal.GetPInvokeErrorMessage(error)}"),
    };
}
