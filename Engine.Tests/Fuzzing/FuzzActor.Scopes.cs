using System.Buffers;

namespace Engine.Mbufs.Tests.Fuzzing;

/// <content>What is done in a scope: allocations, queues, bulk, and what nobody should do.</content>
internal sealed partial class FuzzActor
{
    /// <summary>A length: most of them small, some that cannot be.</summary>
    private int Length() => Random.Next(16) switch
    {
        0 => Random.Next(-2, 1),
        1 => Random.Next(70_000),
        2 => int.MaxValue - Random.Next(2),
        < 8 => Random.Next(200),
        _ => Random.Next(5_000),
    };

    private MbufClusterSize ClusterSize() => Random.Next(5) switch
    {
        0 => MbufClusterSize.Page,
        1 => MbufClusterSize.Jumbo9,
        2 => MbufClusterSize.Jumbo16,
        _ => MbufClusterSize.Standard,
    };

    private MbufChain Allocate(in MbufScope mbufs) => Random.Next(16) switch
    {
        0 => mbufs.AllocateMbuf(),
        1 => mbufs.AllocatePacketWithoutCluster(),
        2 => mbufs.AllocateMbufWithCluster(),
        3 => mbufs.AllocatePacket(ClusterSize()),
        4 => mbufs.AllocateMbufWithCluster(ClusterSize()),
        5 => mbufs.AllocatePacket(Length()),
        6 => mbufs.AllocateChain(Length()),
        7 => mbufs.AllocateZeroedMbuf(),
        8 => mbufs.AllocateContiguousMbuf(Length()),
        9 => mbufs.AllocateContiguousPacket(Length()),
        10 => AllocateFromSource(mbufs),
        11 => AllocateFromSequence(mbufs),
        12 => mbufs.AllocatePacketFrom(new byte[Random.Next(3_000)], Random.Next(200), 0),
        13 => Wait(mbufs),
        _ => mbufs.AllocatePacket(),
    };

    private MbufChain AllocateFromSource(in MbufScope mbufs)
    {
        var source = new FuzzSource(this, mbufs);
        return mbufs.AllocatePacketFrom(ref source, Length(), Random.Next(200), 1);
    }

    private MbufChain AllocateFromSequence(in MbufScope mbufs)
    {
        var bytes = new ReadOnlySequence<byte>(new byte[Random.Next(1, 5_000)]);
        return Random.Next(2) == 0 ? mbufs.AllocatePacketFrom(ref bytes, MbufSizes.CopyAll, 0) : mbufs.AllocateChainFrom(ref bytes, Random.Next(6_000), 8);
    }

    /// <summary>Waits for memory: a short time, and with a token that may be cancelled already.</summary>
    private MbufChain Wait(in MbufScope mbufs)
    {
        using var cancellation = new CancellationTokenSource();
        if (Random.Next(4) == 0)
        {
            cancellation.Cancel();
        }

        TimeSpan timeout = TimeSpan.FromMilliseconds(Random.Next(8) == 0 ? 1 : 0);
        return Random.Next(3) switch
        {
            0 => mbufs.Waiting(timeout, cancellation.Token).AllocateMbuf(),
            1 => mbufs.Waiting(timeout, cancellation.Token).AllocatePacket(Random.Next(8_000)),
            _ => mbufs.Waiting(timeout, cancellation.Token).AllocatePacket(),
        };
    }

    private void WorkInScope(in MbufScope mbufs)
    {
        switch (Random.Next(9))
        {
            case 0:
                AllocateMany(mbufs);
                break;
            case 1:
                FreeMany(mbufs);
                break;
            case 2:
                if (_queue.TryDequeue(mbufs, out MbufChain first))
                {
                    Keep(first);
                }

                break;
            case 3:
                if (_otherQueue.TryPeekLast(mbufs, out MbufPosition last))
                {
                    Touch(last.Span);
                }

                _queue.Append(mbufs, _otherQueue);
                break;
            case 4:
                _queue.Drain(mbufs);
                break;
            case 5:
                AllocateTag(mbufs);
                break;
            case 6:
                OpenTag(mbufs);
                break;
            case 7 when _depth < MostDepth:
                TurnInside();
                break;
            default:
                Outside();
                break;
        }
    }

    /// <summary>A scope inside another one of the same thread.</summary>
    private void TurnInside()
    {
        _depth++;
        try
        {
            Turn();
        }
        finally
        {
            _depth--;
        }
    }

    private void AllocateMany(in MbufScope mbufs)
    {
        Span<Mbuf> packets = new Mbuf[Random.Next(12)];
        if (mbufs.TryAllocatePackets(packets))
        {
            foreach (Mbuf packet in packets)
            {
                _world.Add(packet);
            }
        }
    }

    /// <summary>A bulk free; sometimes with handles among them that are no good.</summary>
    private void FreeMany(in MbufScope mbufs)
    {
        List<Mbuf> good = [];
        for (int count = Random.Next(8); count > 0 && _world.TryTake(Random, out Mbuf packet); count--)
        {
            good.Add(packet);
        }

        List<Mbuf> packets = [.. good];
        if (Random.Next(4) == 0 && _world.TryGetStale(Random, out Mbuf stale))
        {
            packets.Insert(Random.Next(packets.Count + 1), Random.Next(2) == 0 ? stale : _world.Foreign);
        }

        try
        {
            mbufs.Free(packets.ToArray());
        }
        catch (ObjectDisposedException)
        {
            good.ForEach(_world.Add); // The scope was closed before.
            throw;
        }
    }

    private void AllocateTag(in MbufScope mbufs)
    {
        MbufTag tag = mbufs.AllocateTag((ushort)Random.Next(3), Length());
        if (!tag.IsNull)
        {
            Fill(tag.Data);
            _world.AddTag(tag.Detach());
        }
    }

    private void OpenTag(in MbufScope mbufs)
    {
        if (!_world.TryTakeTag(Random, out MbufTagHandle handle))
        {
            return;
        }

        bool isOpen = false;
        try
        {
            MbufTag tag = mbufs.OpenTag(handle);
            isOpen = true;
            WorkOn(tag);
        }
        catch (ObjectDisposedException) when (!isOpen)
        {
            _world.AddTag(handle); // Its scope was closed.
            throw;
        }

        mbufs.OpenTag(handle); // It is used up.
        _world.Fail("A tag was opened twice.");
    }

    private void WorkOn(MbufTag tag)
    {
        Touch(tag.Data);
        if (Random.Next(2) == 0)
        {
            _world.AddTag(tag.Detach());
            return;
        }

        tag.Free();
        tag.Dispose();
        MustThrow("Copy of a freed tag", tag);
    }

    private void MustThrow(string what, MbufTag tag)
    {
        try
        {
            tag.Duplicate();
        }
        catch (MbufException)
        {
            return;
        }

        _world.Fail($"{what} went well.");
    }

    /// <summary>What nobody should do: each is an exception of its own.</summary>
    private void Misuse(in MbufScope mbufs)
    {
        switch (Random.Next(7))
        {
            case 0 when _world.TryGetStale(Random, out Mbuf stale):
                mbufs.Open(stale);
                _world.Fail("A handle was opened twice.");
                break;
            case 1:
                mbufs.Open(_world.Foreign);
                _world.Fail("A handle of another arena was opened.");
                break;
            case 2:
                mbufs.Open(default);
                _world.Fail("The null handle was opened.");
                break;
            case 3:
                _queue.Append(mbufs, _queue);
                _world.Fail("A queue was appended to itself.");
                break;
            case 4 when _world.TryGetStale(Random, out Mbuf freed):
                mbufs.Free([freed]);
                _world.Fail("A handle was freed twice.");
                break;
            case 5:
                Arena.SetLimit(MbufZone.Mbufs, _world.LimitOf(MbufZone.Mbufs) + 1);
                _world.Fail("A limit went beyond what is reserved.");
                break;
            case 6:
                MbufChain.Null.TryAppend([1]);
                _world.Fail("A byte was appended to no packet.");
                break;
        }
    }

    /// <summary>Reads every byte: one that is not there ends the process.</summary>
    private static int Touch(scoped ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        foreach (byte one in bytes)
        {
            sum += one;
        }

        return sum;
    }

    private void Fill(scoped Span<byte> bytes) => bytes.Fill((byte)Random.Next(256));
}
