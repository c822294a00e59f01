using System.Runtime.Versioning;
using Engine.Mbufs;

namespace Proxy;

/// <summary>
/// Moves bytes through an established connection: one readv into clusters, at once one writev out of them, and usually nothing is left to
/// keep. Only what the kernel did not take stays, as one detached packet on the endpoint it is meant for.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Forwarder(LoopState loop, ConnectionCloser closer)
{
    /// <summary>Reads of one direction in a turn: with the largest reads, 512 KiB before other connections have their turn.</summary>
    private const int RoundsATurn = 8;

    private readonly int _highWater = loop.Settings.HighWater;
    private readonly int _lowWater = loop.Settings.LowWater;
    private readonly int _largestRead = loop.Settings.LargestRead;

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
        long before = loop.Counters.BytesToBackend;
        Flow flow = Move(in mbufs, ref connection.Client, ref connection.Backend, connection.Client.Descriptor, ref loop.Counters.BytesToBackend);
        loop.UsualClientRead = connection.Client.ReadBytes;
        Touch(ref connection, loop.Counters.BytesToBackend != before);
        return flow;
    }

    private Flow MoveDown(in MbufScope mbufs, ref Connection connection)
    {
        long before = loop.Counters.BytesToClient;
        Flow flow = Move(in mbufs, ref connection.Backend, ref connection.Client, connection.Client.Descriptor, ref loop.Counters.BytesToClient);
        loop.UsualBackendRead = connection.Backend.ReadBytes;
        Touch(ref connection, loop.Counters.BytesToClient != before);
        return flow;
    }

    private void Touch(ref Connection connection, bool moved)
    {
        if (moved)
        {
            loop.Idle.Touch(ref connection, loop.Now);
        }
    }

    private Flow Move(in MbufScope mbufs, ref Endpoint from, ref Endpoint to, int client, ref long written)
    {
        for (int round = 0; round < RoundsATurn; round++)
        {
            bool reads = Reads(in from, in to);
            bool writes = to.Is(EndpointState.Writable) && (to.PendingBytes > 0 || to.Is(EndpointState.HeaderDue));
            if (!reads && !writes)
            {
                return Flow.Settled;
            }

            Flow flow = MoveOnce(in mbufs, ref from, ref to, reads, client, ref written);
            if (flow != Flow.MoreToDo)
            {
                return flow;
            }
        }

        return Flow.MoreToDo;
    }

    private static bool Reads(in Endpoint from, in Endpoint to)
        => (from.State & (EndpointState.Readable | EndpointState.ReadEnded)) == EndpointState.Readable
            && !to.Is(EndpointState.Congested);

    /// <summary>One round: read if there is something, put the header in front if it is due, write if it is taken.</summary>
    private Flow MoveOnce(in MbufScope mbufs, ref Endpoint from, ref Endpoint to, bool reads, int client, ref long written)
    {
        using MbufChain chain = to.Pending.IsNull ? mbufs.AllocatePacket() : mbufs.Open(to.Pending);
        to.Pending = default;
        if (chain.IsNull)
        {
            return Flow.Starved;
        }

        Flow flow = reads ? Read(chain, ref from, _highWater - to.PendingBytes) : Flow.MoreToDo;
        if (to.Is(EndpointState.HeaderDue) && flow != Flow.SourceFailed)
        {
            flow = PrependHeader(chain, client, ref to, flow);
        }

        if (chain.Length > 0 && to.Is(EndpointState.Writable) && !to.Is(EndpointState.HeaderDue) && !TryWrite(chain, ref to, ref written))
        {
            to.PendingBytes = 0;
            return Flow.SinkFailed;
        }

        Keep(chain, ref to);
        return flow;
    }

    private Flow Read(MbufChain chain, ref Endpoint from, int room)
    {
        int asked = Math.Min(from.ReadBytes, room);
        MbufSocketResult result = MbufSocket.Receive(from.Descriptor, chain, asked);
        switch (result.Status)
        {
            case MbufSocketStatus.Transferred:
                if (result.Bytes < result.Offered)
                {
                    OnShortRead(ref from);
                }

                if (asked == from.ReadBytes)
                {
                    ReadSize.Adapt(ref from, result.Bytes, _largestRead);
                }

                return Flow.MoreToDo;
            case MbufSocketStatus.WouldBlock:
                from.Clear(EndpointState.Readable | EndpointState.ReadToEnd);
                return Flow.MoreToDo;
            case MbufSocketStatus.EndOfStream:
                from.Set(EndpointState.ReadEnded);
                return Flow.MoreToDo;
            case MbufSocketStatus.Exhausted:
                return Flow.Starved;
            default:
                return Flow.SourceFailed;
        }
    }

    /// <summary>
    /// The queue was emptied: what comes later raises a new edge, so there is no need to read until the kernel says that it would block. If the
    /// peer's FIN was already in the queue then this was the end, and there is no need to read the zero either.
    /// </summary>
    private static void OnShortRead(ref Endpoint from)
    {
        if (from.Is(EndpointState.ReadToEnd))
        {
            return;
        }

        from.Clear(EndpointState.Readable);
        if (from.Is(EndpointState.PeerEnded))
        {
            from.Set(EndpointState.ReadEnded);
        }
    }

    private Flow PrependHeader(MbufChain chain, int client, ref Endpoint to, Flow flow)
    {
        Span<byte> header = stackalloc byte[ProxyHeader.MaxLength];
        int length = ProxyHeader.Write(loop.ProxyProtocol, client, header);
        if (length == 0)
        {
            return Flow.SourceFailed;
        }

        if (!chain.TryPrepend(header[..length]))
        {
            return Flow.Starved;
        }

        to.Clear(EndpointState.HeaderDue);
        return flow;
    }

    private static bool TryWrite(MbufChain chain, ref Endpoint to, ref long written)
    {
        MbufSocketResult result = MbufSocket.Send(to.Descriptor, chain);
        switch (result.Status)
        {
            case MbufSocketStatus.Transferred:
                written += result.Bytes;
                if (result.Bytes < result.Offered)
                {
                    to.Clear(EndpointState.Writable);
                }

                return true;
            case MbufSocketStatus.WouldBlock:
                to.Clear(EndpointState.Writable);
                return true;
            default:
                return false;
        }
    }

    /// <summary>What the kernel did not take waits for it.</summary>
    private void Keep(MbufChain chain, ref Endpoint to)
    {
        to.PendingBytes = chain.Length;
        if (to.PendingBytes > 0)
        {
            to.Pending = chain.Detach();
        }

        if (to.PendingBytes >= _highWater)
        {
            to.Set(EndpointState.Congested);
        }
        else if (to.PendingBytes <= _lowWater)
        {
            to.Clear(EndpointState.Congested);
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
