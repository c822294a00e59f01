using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// Serves an established connection: both directions, each independent of the other until it ends, then the end itself, passed
/// on in order as a half-close or at once as a reset.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Forwarder(LoopState loop, ConnectionCloser closer)
{
    private readonly Mover _mover = new(loop);

    /// <summary>Does all that can be done for the connection now, and files it for what cannot.</summary>
    public void Serve(in MbufScope mbufs, ref Connection connection)
    {
        loop.Ready.Remove(ref connection);
        loop.Starved.Remove(ref connection);
        Flow up = MoveUp(in mbufs, ref connection);
        Flow down = MoveDown(in mbufs, ref connection);
        if (down == Flow.SinkFailed && up != Flow.SourceFailed)
        {
            // The client takes no more, but what it had sent before still belongs to the backend.
            up = MoveUp(in mbufs, ref connection);
        }

        if (up >= Flow.SourceFailed || down >= Flow.SourceFailed)
        {
            closer.Abort(in mbufs, ref connection);
        }
        else if (!TryEnd(in mbufs, ref connection))
        {
            File(in mbufs, ref connection, up, down);
        }
    }

    /// <summary>Remembers what is left to do that no event will ask for.</summary>
    private void File(in MbufScope mbufs, ref Connection connection, Flow up, Flow down)
    {
        if (up == Flow.MoreToDo || down == Flow.MoreToDo)
        {
            loop.Ready.Add(ref connection);
        }
        else if (up == Flow.Starved || down == Flow.Starved)
        {
            loop.Starved.Add(ref connection);
        }
        else if (connection.Client.Is(EndpointState.Broken) || connection.Backend.Is(EndpointState.Broken))
        {
            // What it had delivered before it failed was passed on, as far as the other side takes it: now the reset follows.
            closer.Abort(in mbufs, ref connection);
        }
    }

    private Flow MoveUp(in MbufScope mbufs, ref Connection connection)
    {
        ref long written = ref loop.Counters.BytesToBackend;
        long before = written;
        int client = connection.Client.Descriptor;
        Flow flow = _mover.Move(in mbufs, ref connection.Client, ref connection.Backend, client, ref written);
        loop.UsualClientRead = connection.Client.ReadBytes;
        Touch(ref connection, written != before);
        return flow;
    }

    private Flow MoveDown(in MbufScope mbufs, ref Connection connection)
    {
        ref long written = ref loop.Counters.BytesToClient;
        long before = written;
        int client = connection.Client.Descriptor;
        Flow flow = _mover.Move(in mbufs, ref connection.Backend, ref connection.Client, client, ref written);
        loop.UsualBackendRead = connection.Backend.ReadBytes;
        Touch(ref connection, written != before);
        return flow;
    }

    private void Touch(ref Connection connection, bool moved)
    {
        if (moved)
        {
            loop.Idle.Touch(ref connection, loop.Now);
        }
    }

    /// <summary>Passes on the end of a direction; when both have ended the connection has.</summary>
    private bool TryEnd(in MbufScope mbufs, ref Connection connection)
    {
        bool up = IsDelivered(in connection.Client, in connection.Backend);
        bool down = IsDelivered(in connection.Backend, in connection.Client);
        if (up && down)
        {
            closer.Finish(in mbufs, ref connection);
            return true;
        }

        if ((up && !TryPassEnd(ref connection.Backend)) || (down && !TryPassEnd(ref connection.Client)))
        {
            closer.Abort(in mbufs, ref connection);
            return true;
        }

        return false;
    }

    private static bool IsDelivered(in Endpoint from, in Endpoint to)
        => from.Is(EndpointState.ReadEnded) && to.PendingBytes == 0 && !to.Is(EndpointState.HeaderDue);

    private static bool TryPassEnd(ref Endpoint to)
    {
        if (to.Is(EndpointState.WriteEnded))
        {
            return true;
        }

        to.Set(EndpointState.WriteEnded);
        return TcpSocket.TryShutdownWrite(to.Descriptor);
    }
}
