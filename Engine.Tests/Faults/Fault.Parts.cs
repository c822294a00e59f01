using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Faults;

/// <content>Cutting packets into parts, which consumes them: a packet that shares the chain's storage is cut.</content>
internal sealed partial record Fault
{
    private static readonly MbufInterface s_narrow = new("lo1", mtu: 150);

    private delegate MbufOffloadStatus CutAttempt(MbufChain chain, MbufQueue queue);

    private static IEnumerable<Fault> OfParts() =>
    [
        Parts("FragmentInto(Int32, MbufQueue)", static (chain, queue) => chain.FragmentInto(150, queue), "small"),
        Parts("FragmentInto(Int32, MbufQueue, UInt32)", static (chain, queue) => chain.FragmentInto(500, queue, 1), "large"),
        Parts("OutputInto(MbufInterface, MbufQueue)", static (chain, queue) => chain.OutputInto(s_narrow, queue)),
        Parts("OutputInto(MbufInterface, MbufQueue)", static (chain, queue) => chain.OutputInto(s_interface, queue), "segments", MbufChecksumFlags.UdpSegmentation),
        Parts("SegmentInto(MbufQueue)", static (chain, queue) => chain.SegmentInto(queue), request: MbufChecksumFlags.UdpSegmentation),
    ];

    private static Fault Parts(
        string operation, CutAttempt attempt, string what = "", MbufChecksumFlags request = MbufChecksumFlags.None)
        => Chain(operation, (in mbufs, chain, _) => Cut(mbufs, chain, attempt, request), what) with { NeedsIPv4 = true };

    private static bool Cut(in MbufScope mbufs, MbufChain chain, CutAttempt attempt, MbufChecksumFlags request)
    {
        using MbufChain packet = chain.Share();
        if (packet.IsNull)
        {
            return false;
        }

        packet.ChecksumFlags = request;
        packet.SegmentSize = 200;
        ChainSnapshot before = ChainSnapshot.Of(packet);
        var queue = new MbufQueue(chain.Cache.Arena);
        MbufOffloadStatus status = attempt(packet, queue);
        if (status == MbufOffloadStatus.Exhausted)
        {
            before.AssertUnchanged(packet);
            Assert.That(queue.IsEmpty);
            return false;
        }

        Assert.That((status, packet.IsOwned), Is.EqualTo((MbufOffloadStatus.Done, false)));
        queue.Drain(mbufs);
        return true;
    }
}
