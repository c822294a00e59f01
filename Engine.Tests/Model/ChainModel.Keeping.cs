using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <content>Verbs that need no memory: trimming, reading, writing in place, joining, giving away.</content>
internal sealed partial class ChainModel
{
    private void TrimStart(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        int count = RandomTrim(packet.Oracle.Length);
        Assert.That(chain.TrimStart(count), Is.EqualTo(packet.Oracle.TrimStart(count)));
        Close(packet, chain);
    }

    private void TrimEnd(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        int count = RandomTrim(packet.Oracle.Length);
        Assert.That(chain.TrimEnd(count), Is.EqualTo(packet.Oracle.TrimEnd(count)));
        Close(packet, chain);
    }

    private void CopyOut(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        int offset = RandomOffset(packet.Oracle.Length);
        byte[] part = new byte[RandomLength()];
        bool inside = offset + part.Length <= packet.Oracle.Length;
        Assert.That(chain.TryCopyTo(offset, part), Is.EqualTo(inside));
        Assert.That(part.AsSpan().SequenceEqual(inside ? packet.Oracle.ToArray().AsSpan(offset, part.Length) : new byte[part.Length]));
        Close(packet, chain);
    }

    private void Write(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        if (chain.HasPacketHeader)
        {
            packet.ReceiveInterface = (ushort)_random.Next(ushort.MaxValue);
            chain.ReceiveInterface = packet.ReceiveInterface;
        }

        if (chain.TryGetWritable(out Span<byte> span))
        {
            _random.NextBytes(span);
            packet.Oracle.CopyBack(0, span);
        }
        else
        {
            Assert.That((chain.IsWritable, chain.Headroom), Is.EqualTo((false, 0)));
        }

        Close(packet, chain);
    }

    private void MarkReadOnly(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        if (_random.Next(2) == 0)
        {
            chain.Flags |= MbufFlags.ReadOnly;
            Assert.That(chain.IsWritable, Is.False);
        }
        else
        {
            chain.Flags &= ~MbufFlags.ReadOnly;
        }

        Close(packet, chain);
    }

    private void Concatenate(in MbufScope mbufs)
    {
        if (_packets.Count < 2 || Pick() is not { } packet || Pick() is not { } other || other == packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        using MbufChain behind = mbufs.Open(other.Handle);
        chain.Append(behind);
        Assert.That(behind.IsOwned, Is.False);
        packet.Oracle.Append(other.Oracle.ToArray());
        _packets.Remove(other);
        Close(packet, chain);
    }

    private void Enqueue(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        Compare(packet, chain);
        bool full = _queue.IsFull;
        Assert.That(_queue.TryEnqueue(chain), Is.EqualTo(!full));
        Assert.That(chain.IsOwned, Is.EqualTo(full));
        if (full)
        {
            Close(packet, chain);
            return;
        }

        _packets.Remove(packet);
        _queued.Enqueue(packet);
    }

    private void Dequeue(in MbufScope mbufs)
    {
        Assert.That(_queue.TryDequeue(mbufs, out MbufChain chain), Is.EqualTo(_queued.Count > 0));
        if (_queued.TryDequeue(out ModelPacket? packet))
        {
            _packets.Add(packet);
            Close(packet, chain);
        }
    }

    private void Drain(in MbufScope mbufs)
    {
        if (_random.Next(10) == 0)
        {
            Assert.That(_queue.Drain(mbufs), Is.EqualTo(_queued.Count));
            _queued.Clear();
        }
    }

    /// <summary>Open and detach, some times over, in another scope.</summary>
    private void HandOver(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        using MbufScope others = _arena.Enter();
        for (int i = 0; i < 3; i++)
        {
            Mbuf before = packet.Handle;
            packet.Handle = mbufs.Open(before).Detach();
            Close(packet, others.Open(packet.Handle));
            Assert.That(packet.Handle, Is.Not.EqualTo(before));
        }
    }

    /// <summary>A claim that is over stays over, and its use changes nothing.</summary>
    private void UseStale(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        Mbuf stale = packet.Handle;
        MbufChain chain = mbufs.Open(stale);
        var before = ChainSnapshot.Of(chain);
        Expect.Throws<MbufStaleException>(mbufs, scope => scope.Open(stale));
        Expect.Throws<MbufDoubleFreeException>(mbufs, scope => scope.Free([stale]));
        Assert.That(_arena.StateOf(stale), Is.EqualTo(MbufState.Reused));
        before.AssertUnchanged(chain);
        Close(packet, chain);
        Assert.That(_arena.StateOf(packet.Handle), Is.EqualTo(MbufState.Live));
    }

    private void Free(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        Compare(packet, chain);
        chain.Free();
        _packets.Remove(packet);
    }

    private void FreeMany(in MbufScope mbufs)
    {
        ModelPacket[] packets = [.. _packets.Where(_ => _random.Next(20) == 0)];
        mbufs.Free(packets.Select(static packet => packet.Handle).ToArray());
        _packets.RemoveAll(packets.Contains);
        foreach (ModelPacket packet in packets)
        {
            Assert.That(_arena.StateOf(packet.Handle), Is.EqualTo(MbufState.Free));
        }
    }
}
