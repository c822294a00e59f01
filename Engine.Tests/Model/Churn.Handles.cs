namespace Engine.Mbufs.Tests.Model;

/// <content>Claims that end and begin.</content>
internal sealed partial class Churn
{
    private readonly Mbuf[] _handles = new Mbuf[64];

    private Outcome Free(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        chain.Free();
        Require(!chain.IsOwned, "A packet that was freed is nobody's.");
        Remove(packet);
        return Outcome.Done;
    }

    private Outcome DisposePacket(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        using (Begin(mbufs, packet))
        {
            Remove(packet);
        }

        Require(_arena.StateOf(packet.Handle) == MbufState.Free, "A packet that was disposed is free.");
        return Outcome.Done;
    }

    /// <summary>The first mbuf only: the rest is a chain without header.</summary>
    private Outcome FreeFirstSegment(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        int length = chain.FirstSpan.Length;
        int segments = chain.SegmentCount;
        chain.FreeFirstSegment(out MbufChain rest);
        Require(!chain.IsOwned && rest.IsNull == (segments == 1), "The rest is all that is left.");
        if (rest.IsNull)
        {
            Remove(packet);
            return Outcome.Done;
        }

        packet.DropHeader();
        packet.Bytes.TrimStart(length);
        Learn(packet, rest);
        return Done(packet, rest);
    }

    private Outcome FreeMany(in MbufScope mbufs)
    {
        int count = Noted(Math.Min(_packets.Count, _random.Next(8)));
        for (int i = 0; i < count; i++)
        {
            ModelPacket packet = Pick()!;
            _handles[i] = packet.Handle;
            Remove(packet);
        }

        mbufs.Prefetch(_handles); // Whatever was left there by others, too.
        mbufs.Free(_handles.AsSpan(0, count));
        for (int i = 0; i < count; i++)
        {
            Require(_arena.StateOf(_handles[i]) == MbufState.Free, "All of them are free.");
        }

        return Outcome.Done;
    }

    /// <summary>Open and detach, some times over, in another scope.</summary>
    private Outcome HandOver(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        using MbufScope others = _arena.Enter();
        for (int i = 0; i < 3; i++)
        {
            Mbuf before = packet.Handle;
            packet.Handle = Begin(mbufs, packet).Detach();
            MbufChain chain = others.Open(packet.Handle);
            Close(packet, chain);
            Require(packet.Handle != before && !chain.IsOwned, "Each claim is another one.");
        }

        return Outcome.Done;
    }

    /// <summary>A claim that is over stays over, and its use changes nothing.</summary>
    private Outcome UseStale(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        Mbuf stale = packet.Handle;
        MbufChain chain = Begin(mbufs, packet);
        Expect.Throws<MbufStaleException>(mbufs, scope => scope.Open(stale));
        Expect.Throws<MbufDoubleFreeException>(mbufs, scope => scope.Free([stale]));
        Require(_arena.StateOf(stale) == MbufState.Reused, "The packet lives under another claim.");
        _before.AssertUnchanged(chain);
        Close(packet, chain);
        Require(_arena.StateOf(packet.Handle) == MbufState.Live, "A handle is the live claim.");
        return Outcome.Done;
    }

    /// <summary>An mbuf from inside a chain is a head now, with the flags and the type that it had there.</summary>
    private static void Learn(ModelPacket packet, MbufChain chain)
    {
        packet.Flags = (packet.Flags & MbufFlags.PacketHeader) | (chain.Flags & ModelPacket.Settable);
        packet.Type = chain.Type;
    }
}
