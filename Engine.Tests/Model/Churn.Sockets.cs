namespace Engine.Mbufs.Tests.Model;

/// <content>Through a pair of sockets and back.</content>
internal sealed partial class Churn
{
    private readonly ModelBytes _underWay = new();
    private SocketPair? _sockets;

    /// <summary>Sends a packet and receives its bytes behind another, or behind itself.</summary>
    private Outcome SendAndReceive(in MbufScope mbufs)
    {
        if (Pick() is not { } packet || Pick() is not { } other || other.Length + packet.Length > MostBytes)
        {
            return Outcome.Idle;
        }

        SocketPair sockets = Sockets();
        _arena.Stress.MaximumSegmentLength = Noted(_settings.IsStressed && OneIn(2) ? _random.Next(10, 2_049) : 0);
        other.IsOpen = true;
        _underWay.Set(packet.Bytes.Span);
        MbufChain chain = Begin(mbufs, packet);
        while (packet.Length > 0)
        {
            MbufSocketResult sent = MbufSocket.Send(sockets.Near, chain);
            Require(sent.Status == MbufSocketStatus.Transferred, "The system's buffers take one packet.");
            packet.TrimStart(sent.Bytes);
            packet.Type = packet.Length == 0 ? chain.Type : packet.Type; // Under stress an empty first mbuf got bytes, and their label.
            Compare(packet, chain);
        }

        Close(packet, chain);
        return Receive(mbufs, other, sockets);
    }

    private Outcome Receive(in MbufScope mbufs, ModelPacket packet, SocketPair sockets)
    {
        MbufChain chain = Begin(mbufs, packet);
        while (_underWay.Length > 0)
        {
            _before.Take(chain);
            MbufSocketResult received = MbufSocket.Receive(sockets.Far, chain, 1 + _random.Next(2 * _underWay.Length));
            if (received.Status == MbufSocketStatus.Exhausted)
            {
                for (; _underWay.Length > 0; _underWay.TrimStart(sockets.Far.Receive(_copied)))
                {
                }

                return Exhausted(packet, chain);
            }

            Require(received.Status == MbufSocketStatus.Transferred, "What was sent can be received.");
            packet.Append(_underWay.Span[..received.Bytes]);
            _underWay.TrimStart(received.Bytes);
            Compare(packet, chain);
        }

        return Done(packet, chain);
    }

    private SocketPair Sockets()
    {
        if (_sockets is null)
        {
            _sockets = new SocketPair(Transport.Unix, buffer: 4 * MostBytes);
            _sockets.Far.Blocking = false;
        }

        return _sockets;
    }
}
