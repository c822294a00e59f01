using System.Runtime.Versioning;
using Engine.Mbufs;

namespace Proxy;

/// <summary>
/// Moves the bytes of one direction: one readv into clusters, at once one writev out of them, and usually nothing is left to
/// keep. Only what the kernel did not take stays, as one detached packet on the endpoint that it is meant for.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Mover(LoopState loop)
{
    /// <summary>
    /// Reads of one direction in a turn: with the largest reads, 2 MiB before other connections have their turn.
    /// </summary>
    private const int RoundsATurn = 8;

    /// <summary>How long large clusters are not asked for when there were none.</summary>
    private const int NoLargeMilliseconds = 10;

    private readonly int _highWater = loop.Settings.HighWater;
    private readonly int _lowWater = loop.Settings.LowWater;
    private readonly int _largestRead = loop.Settings.LargestRead;
    private readonly int _large = loop.Settings.LargeRead;
    private long _noLargeUntil;

    /// <summary>Moves what there is to move, up to a turn's share.</summary>
    /// <param name="mbufs">The turn's scope.</param>
    /// <param name="from">The socket to read.</param>
    /// <param name="to">The socket to write, and what is already held for it.</param>
    /// <param name="client">The client's descriptor, whose addresses a PROXY header names.</param>
    /// <param name="written">Counts the bytes that the kernel took.</param>
    public Flow Move(in MbufScope mbufs, ref Endpoint from, ref Endpoint to, int client, ref long written)
    {
        for (int round = 0; round < RoundsATurn; round++)
        {
            bool thrifty = loop.IsThrifty;
            bool reads = Reads(in from, in to) && !(thrifty && to.PendingBytes > 0);
            bool writes = to.Is(EndpointState.Writable) && (to.PendingBytes > 0 || to.Is(EndpointState.HeaderDue));
            if (!reads && !writes)
            {
                return Flow.Settled;
            }

            Flow flow = MoveOnce(in mbufs, ref from, ref to, reads ? RoomFor(in to, thrifty) : 0, client, ref written);
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

    /// <summary>The most that may be read now: never more than the high-water mark leaves.</summary>
    private int RoomFor(in Endpoint to, bool thrifty)
        => thrifty ? ReadSize.Smallest : Math.Min(_highWater - to.PendingBytes, _largestRead);

    /// <summary>One round: read if there is something, put the header in front if it is due, write if it is taken.</summary>
    private Flow MoveOnce(in MbufScope mbufs, ref Endpoint from, ref Endpoint to, int room, int client, ref long written)
    {
        bool isLarge = to.Pending.IsNull && Math.Min(from.ReadBytes, room) >= _large && loop.Now >= _noLargeUntil;
        using MbufChain chain = to.Pending.IsNull ? NewPacket(in mbufs, ref isLarge) : mbufs.Open(to.Pending);
        to.Pending = default;
        loop.HeldMbufs -= to.PendingMbufs;
        to.PendingMbufs = 0;
        if (chain.IsNull)
        {
            return Flow.Starved;
        }

        Flow flow = room > 0 ? Read(chain, ref from, room, isLarge) : Flow.MoreToDo;
        if (to.Is(EndpointState.HeaderDue) && flow != Flow.SourceFailed)
        {
            flow = PrependHeader(chain, client, ref to, flow);
        }

        bool writes = chain.Length > 0 && (to.State & (EndpointState.Writable | EndpointState.HeaderDue)) == EndpointState.Writable;
        if (writes && !TryWrite(chain, ref to, ref written))
        {
            to.PendingBytes = 0;
            return Flow.SinkFailed;
        }

        Keep(chain, ref to);
        return flow;
    }

    /// <summary>
    /// A packet that begins with a large cluster if it is to; null if there is no memory. When there was no large cluster none
    /// is asked for in a while: to find out looks through the whole arena.
    /// </summary>
    private MbufChain NewPacket(in MbufScope mbufs, ref bool isLarge)
    {
        MbufChain large = isLarge ? mbufs.AllocatePacket(MbufClusterSize.Jumbo16) : default;
        if (!large.IsNull)
        {
            return large;
        }

        _noLargeUntil = isLarge ? loop.Now + NoLargeMilliseconds : _noLargeUntil;
        isLarge = false;
        return mbufs.AllocatePacket();
    }

    private Flow Read(MbufChain chain, ref Endpoint from, int room, bool isLarge)
    {
        int asked = Math.Min(from.ReadBytes, room);
        MbufClusterSize clusters = isLarge ? MbufClusterSize.Jumbo16 : MbufClusterSize.Standard;
        MbufSocketResult result = MbufSocket.Receive(from.Descriptor, chain, asked, clusters);
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
    /// The queue was emptied: what comes later raises a new edge, so there is no need to read until the kernel says that it
    /// would block. If the peer's FIN was already in the queue then this was the end, and there is no need to read the zero
    /// either.
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
            to.PendingMbufs = chain.SegmentCount;
            loop.HeldMbufs += to.PendingMbufs;
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
}
