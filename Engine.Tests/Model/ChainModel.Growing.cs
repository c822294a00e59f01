using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <content>Verbs that need memory.</content>
internal sealed partial class ChainModel
{
    private static readonly MbufClusterSize[] s_sizes = Enum.GetValues<MbufClusterSize>();

    private void Allocate(in MbufScope mbufs)
    {
        if (_packets.Count >= MostPackets)
        {
            return;
        }

        long denied = Denials();
        MbufChain chain = _random.Next(6) switch
        {
            0 => mbufs.Allocate(),
            1 => mbufs.AllocateHeader(),
            2 => mbufs.AllocateCluster(s_sizes[_random.Next(4)]),
            3 => mbufs.AllocatePacket(s_sizes[_random.Next(4)]),
            4 => mbufs.AllocateChain(RandomLength()),
            _ => mbufs.AllocatePacket(),
        };
        if (chain.IsNull)
        {
            Denied(denied);
            return;
        }

        Add(new ByteOracle(chain.HasPacketHeader), receiveInterface: 0, chain);
    }

    private void AllocateMany(in MbufScope mbufs)
    {
        var handles = new Mbuf[_random.Next(8)];
        long denied = Denials();
        if (!mbufs.TryAllocatePackets(handles))
        {
            Denied(denied);
            Assert.That(handles, Is.All.EqualTo(default(Mbuf)));
            return;
        }

        foreach (Mbuf handle in handles)
        {
            Add(new ByteOracle(hasHeader: true), receiveInterface: 0, mbufs.Open(handle));
        }
    }

    private void Append(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        byte[] bytes = RandomBytes(RandomLength());
        if (!chain.TryAppend(bytes))
        {
            Refused(packet, chain, before, denied);
            return;
        }

        packet.Oracle.Append(bytes);
        Close(packet, chain);
    }

    private void Extend(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        byte[] bytes = RandomBytes(Math.Min(RandomLength(), MbufSizes.LargestContiguous));
        if (!chain.TryExtend(bytes.Length, out Span<byte> room))
        {
            Refused(packet, chain, before, denied);
            return;
        }

        bytes.CopyTo(room);
        packet.Oracle.Append(bytes);
        Close(packet, chain);
    }

    private void Prepend(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        byte[] bytes = RandomBytes(Math.Min(RandomLength(), MbufSizes.LargestContiguous));
        if (!chain.TryPrepend(bytes))
        {
            Refused(packet, chain, before, denied);
            return;
        }

        packet.Oracle.Prepend(bytes);
        Close(packet, chain);
    }

    private void CopyBack(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int offset = RandomOffset(packet.Oracle.Length);
        byte[] bytes = RandomBytes(RandomLength());
        if (!chain.TryCopyBack(offset, bytes))
        {
            Refused(packet, chain, before, denied);
            return;
        }

        packet.Oracle.CopyBack(offset, bytes);
        Close(packet, chain);
    }

    private void Share(in MbufScope mbufs)
    {
        if (_packets.Count >= MostPackets || Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        MbufChain share = chain.Share();
        if (share.IsNull)
        {
            Refused(packet, chain, before, denied);
            return;
        }

        before.AssertUnchanged(chain);
        Add(packet.Oracle.Clone(), packet.ReceiveInterface, share);
        Close(packet, chain);
    }

    private void PullUp(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int length = RandomOffset(packet.Oracle.Length);
        bool possible = length <= packet.Oracle.Length && length <= MbufSizes.LargestContiguous + _kind.Headroom;
        if (chain.TryPullUp(length, out ReadOnlySpan<byte> view))
        {
            Assert.That(possible);
            Assert.That(view.SequenceEqual(packet.Oracle.ToArray().AsSpan(0, length)));
            Close(packet, chain);
        }
        else if (possible)
        {
            Refused(packet, chain, before, denied);
        }
        else
        {
            before.AssertUnchanged(chain);
            Close(packet, chain);
        }
    }

    private void Split(in MbufScope mbufs)
    {
        if (_packets.Count >= MostPackets || Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int offset = RandomOffset(packet.Oracle.Length);
        if (chain.TrySplit(offset, out MbufChain rest))
        {
            bool hasRest = packet.Oracle.HasHeader || offset < packet.Oracle.Length;
            Assert.That(rest.IsNull, Is.EqualTo(!hasRest));
            if (hasRest)
            {
                Add(packet.Oracle.Split(offset), packet.ReceiveInterface, rest);
            }

            Close(packet, chain);
        }
        else if (offset <= packet.Oracle.Length)
        {
            Refused(packet, chain, before, denied);
        }
        else
        {
            before.AssertUnchanged(chain);
            Close(packet, chain);
        }
    }
}
