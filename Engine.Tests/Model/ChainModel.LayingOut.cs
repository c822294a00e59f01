using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <content>Verbs that copy a packet, and verbs that lay it out anew.</content>
internal sealed partial class ChainModel
{
    private void Duplicate(in MbufScope mbufs)
    {
        if (_packets.Count >= MostPackets || Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int headroom = RandomTrim(MbufSizes.LargestContiguous - 300);
        MbufChain copy = _random.Next(2) == 0 ? chain.Duplicate() : chain.ShareBehindHead(headroom);
        if (copy.IsNull)
        {
            Refused(packet, chain, before, denied);
            return;
        }

        before.AssertUnchanged(chain);
        Assert.That(copy.IsWritable);
        Add(packet.Oracle.Clone(), packet.ReceiveInterface, copy);
        Close(packet, chain);
    }

    private void ShareRange(in MbufScope mbufs)
    {
        if (_packets.Count >= MostPackets || Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        int offset = RandomOffset(packet.Oracle.Length);
        int length = _random.Next(3) == 0 ? packet.Oracle.Length - offset : RandomLength();
        bool possible = length > 0 && offset + length <= packet.Oracle.Length;
        if (chain.TryShare(offset, Math.Max(0, length), out MbufChain copy))
        {
            Assert.That(possible);
            bool header = offset == 0 && packet.Oracle.HasHeader;
            Add(new ByteOracle(header, packet.Oracle.ToArray().AsSpan(offset, length)), header ? packet.ReceiveInterface : (ushort)0, copy);
        }
        else if (possible)
        {
            Denied(denied);
        }

        before.AssertUnchanged(chain);
        Close(packet, chain);
    }

    private void Unshare(in MbufScope mbufs) => LayOut(mbufs, chain =>
    {
        bool all = _random.Next(2) == 0;
        int offset = _random.Next(chain.Length + 1);
        bool done = all ? chain.TryUnshare() : chain.TryMakeWritable(offset, _random.Next(chain.Length - offset + 1));
        Assert.That(!done || !all || ChainAssert.IsWritableThroughout(chain));
        return done;
    });

    private void Fragment(in MbufScope mbufs) => LayOut(mbufs, chain => chain.TryFragment(_random.Next(2) == 0 ? 2048 : _random.Next(100, 2049)));

    private void Defragment(in MbufScope mbufs) => LayOut(mbufs, static chain => chain.TryDefragment());

    private void Collapse(in MbufScope mbufs) => LayOut(mbufs, chain =>
    {
        int segments = _random.Next(1, chain.SegmentCount + 1);
        bool possible = chain.Length <= segments * MbufSizes.LargestContiguous;
        bool done = chain.TryCollapse(segments);
        Assert.That(done ? chain.SegmentCount <= segments : true);
        return done || !possible;
    });

    private void LayOut(in MbufScope mbufs, Func<MbufChain, bool> operation)
    {
        if (Pick() is not { } packet)
        {
            return;
        }

        MbufChain chain = mbufs.Open(packet.Handle);
        var before = ChainSnapshot.Of(chain);
        long denied = Denials();
        if (operation(chain))
        {
            Close(packet, chain);
        }
        else
        {
            Refused(packet, chain, before, denied);
        }
    }
}
