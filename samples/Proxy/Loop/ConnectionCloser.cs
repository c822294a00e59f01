using System.Runtime.Versioning;

using Engine.Mbufs;
using Engine.Samples.Linux;

namespace Proxy;

/// <summary>The end of a connection: descriptors closed, memory given back, slot free for the next.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ConnectionCloser(LoopState loop)
{
    /// <summary>Bytes that moved this recently were part of something, which must not look as if it were complete.</summary>
    private const long MidstMilliseconds = 1_000;

    /// <summary>Both directions have ended and all is delivered. close() sends the FIN that may still be due.</summary>
    public void Finish(in MbufScope mbufs, ref Connection connection)
    {
        TcpSocket.Close(connection.Client.Descriptor);
        CloseBackend(ref connection, reset: false);
        Release(in mbufs, ref connection);
    }

    /// <summary>One side failed: the other is reset at once, so that it does not take what it has for the whole.</summary>
    public void Abort(in MbufScope mbufs, ref Connection connection)
    {
        TcpSocket.CloseWithReset(connection.Client.Descriptor);
        CloseBackend(ref connection, reset: true);
        Release(in mbufs, ref connection);
    }

    /// <summary>Nothing has moved for too long. A connection at rest ends in order, one that is stuck is reset.</summary>
    public void Expire(in MbufScope mbufs, ref Connection connection)
        => End(in mbufs, ref connection, inTheMidst: false);

    /// <summary>
    /// The time to drain is over. The same, but one through which bytes have just moved is in the midst of something.
    /// </summary>
    public void CutShort(in MbufScope mbufs, ref Connection connection)
        => End(in mbufs, ref connection, inTheMidst: loop.Now - connection.ActiveAt < MidstMilliseconds);

    private void End(in MbufScope mbufs, ref Connection connection, bool inTheMidst)
    {
        if (inTheMidst || connection.Client.PendingBytes > 0 || connection.Backend.PendingBytes > 0)
        {
            Abort(in mbufs, ref connection);
        }
        else
        {
            Finish(in mbufs, ref connection);
        }
    }

    /// <summary>No backend for this client.</summary>
    public void Refuse(in MbufScope mbufs, ref Connection connection)
    {
        loop.Counters.Refused++;
        Finish(in mbufs, ref connection);
    }

    /// <summary>Gives up on one backend; the connection goes on to another.</summary>
    public void CloseBackend(ref Connection connection, bool reset)
    {
        int descriptor = connection.Backend.Descriptor;
        connection.Backend.Descriptor = TcpSocket.None;
        if (descriptor == TcpSocket.None)
        {
            return;
        }

        if (reset)
        {
            TcpSocket.CloseWithReset(descriptor);
        }
        else
        {
            TcpSocket.Close(descriptor);
        }
    }

    private void Free(in MbufScope mbufs, ref Endpoint endpoint)
    {
        if (!endpoint.Pending.IsNull)
        {
            mbufs.Open(endpoint.Pending).Free();
            loop.HeldMbufs -= endpoint.PendingMbufs;
        }
    }

    private void Release(in MbufScope mbufs, ref Connection connection)
    {
        Free(in mbufs, ref connection.Client);
        Free(in mbufs, ref connection.Backend);
        loop.Connecting.Remove(ref connection);
        loop.Idle.Remove(ref connection);
        loop.Ready.Remove(ref connection);
        loop.Starved.Remove(ref connection);
        loop.Counters.Open--;
        loop.Table.Return(ref connection);
    }
}
