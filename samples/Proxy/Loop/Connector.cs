using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// From an accepted client to a connected backend. Until there is one nothing is read from the client, so that waiting costs no
/// memory and a second attempt loses nothing.
/// </summary>
/// <remarks>
/// A socket is added to epoll once, edge-triggered and for everything (<see cref="Interest"/>), and never changed: closing
/// removes it. The loop remembers what was reported until a short read or write says otherwise, which is what the level would
/// cost an epoll_ctl for, each time that a direction blocks or unblocks.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class Connector(LoopState loop, ConnectionCloser closer, Forwarder forwarder)
{
    private const uint Interest =
        EpollMask.In | EpollMask.Out | EpollMask.PeerEnded | EpollMask.Priority | EpollMask.EdgeTriggered;

    /// <summary>Takes charge of a client that was just accepted.</summary>
    public void Begin(in MbufScope mbufs, ref Connection connection)
    {
        connection.Attempts = 0;
        connection.Target = loop.Rotation.Begin(loop.Now);
        if (!loop.Epoll.TryAdd(connection.Client.Descriptor, Interest, EventToken.OfClient(in connection)))
        {
            closer.Refuse(in mbufs, ref connection);
            return;
        }

        TryTargets(in mbufs, ref connection);
    }

    /// <summary>The backend's socket was reported.</summary>
    public void OnBackendEvent(in MbufScope mbufs, ref Connection connection)
    {
        if (connection.Backend.Is(EndpointState.Broken))
        {
            OnFailure(in mbufs, ref connection);
        }
        else if (connection.Backend.Is(EndpointState.Writable))
        {
            OnConnected(in mbufs, ref connection);
        }
    }

    /// <summary>The attempt failed or took too long: on to the next target, or away with the client.</summary>
    public void OnFailure(in MbufScope mbufs, ref Connection connection)
    {
        closer.CloseBackend(ref connection, reset: false);
        loop.Connecting.Remove(ref connection);
        GiveUpTarget(ref connection);
        TryTargets(in mbufs, ref connection);
    }

    private void OnConnected(in MbufScope mbufs, ref Connection connection)
    {
        if (IsConnectedToItself(ref connection))
        {
            closer.CloseBackend(ref connection, reset: true);
            OnFailure(in mbufs, ref connection);
            return;
        }

        loop.Connecting.Remove(ref connection);
        loop.Idle.Add(ref connection, loop.Now);
        connection.Phase = ConnectionPhase.Established;
        if (loop.ProxyProtocol != ProxyProtocolVersion.None)
        {
            connection.Backend.Set(EndpointState.HeaderDue);
        }

        forwarder.Serve(in mbufs, ref connection);
    }

    private void TryTargets(in MbufScope mbufs, ref Connection connection)
    {
        while (connection.Attempts < loop.Rotation.TargetCount)
        {
            connection.Attempts++;
            int backend = TcpSocket.Open(loop.Rotation[connection.Target].Address.Family);
            if (backend < 0)
            {
                break;
            }

            connection.Backend.Reset(backend);
            connection.Backend.ReadBytes = loop.UsualBackendRead;
            if (TryConnect(ref connection))
            {
                loop.Connecting.Add(ref connection, loop.Now);
                return;
            }

            closer.CloseBackend(ref connection, reset: false);
            GiveUpTarget(ref connection);
        }

        closer.Refuse(in mbufs, ref connection);
    }

    private bool TryConnect(ref Connection connection)
    {
        int backend = connection.Backend.Descriptor;
        ref readonly InetAddress address = ref loop.Rotation[connection.Target].Address;
        _ = TcpSocket.SetNoDelay(backend);
        return (Libc.Connect(backend, in address, address.Length) == 0 || Marshal.GetLastPInvokeError() == Errno.InProgress)
            && loop.Epoll.TryAdd(backend, Interest, EventToken.OfBackend(in connection));
    }

    private void GiveUpTarget(ref Connection connection)
    {
        loop.Rotation.MarkUnreachable(connection.Target, loop.Now);
        connection.Target = loop.Rotation.After(connection.Target, loop.Now);
    }

    /// <summary>
    /// One in some 28,000 attempts at a dead backend on this machine: see <see cref="BackendTarget.MayMeetItself"/>.
    /// </summary>
    private bool IsConnectedToItself(ref Connection connection)
    {
        ref readonly BackendTarget target = ref loop.Rotation[connection.Target];
        return target.MayMeetItself
            && TcpSocket.TryGetName(connection.Backend.Descriptor, out InetAddress own)
            && own.Names(in target.Address);
    }
}
