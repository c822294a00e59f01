using Engine.Mbufs.Tests.Offload;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Cutting packets into parts costs no managed memory, whether it is done or refused.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SegmentationAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_ipv4 = Packets.IPv4(new byte[3000], [130, 4, 1, 1]);
    private static readonly byte[] s_ipv6 = Packets.IPv6(new byte[3000], 200, (IPProtocol.HopByHopOptions, 1));
    private static readonly byte[] s_tcp =
        Packets.IPv4(Packets.TcpSegment(new byte[3000], TcpFlags.Ack, 1), protocol: Packets.Tcp);

    private static readonly byte[] s_udp = Packets.IPv6(Packets.UdpDatagram(new byte[3000]), Packets.Udp);

    [Test]
    [Measures(typeof(MbufChain), "FragmentInto")]
    public void Fragmentation_allocates_nothing()
    {
        var queue = new MbufQueue(Arena);
        var narrow = new MbufQueue(Arena, limit: 1);
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain ipv4 = mbufs.AllocatePacketFrom(s_ipv4, headroom: 0, receiveInterface: 0);
            using MbufChain ipv6 = mbufs.AllocatePacketFrom(s_ipv6, headroom: 0, receiveInterface: 0);
            using MbufChain random = mbufs.AllocatePacketFrom(s_ipv6, headroom: 0, receiveInterface: 0);
            ipv4.PrependTag(mbufs.AllocateTag(1, 2, 20));
            Must.Hold(ipv4.FragmentInto(1500, narrow) == MbufOffloadStatus.QueueFull);
            Must.Hold(ipv4.FragmentInto(31, queue) == MbufOffloadStatus.MtuTooSmall);
            Must.Hold(ipv4.FragmentInto(1500, queue) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
            Must.Hold(ipv6.FragmentInto(1280, queue, 7) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
            Must.Hold(random.FragmentInto(1280, queue) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
        });
    }

    [Test]
    [Measures(typeof(MbufChain), "SegmentInto")]
    public void Segmentation_allocates_nothing()
    {
        var queue = new MbufQueue(Arena);
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain tcp = mbufs.AllocatePacketFrom(s_tcp, headroom: 0, receiveInterface: 0);
            using MbufChain udp = mbufs.AllocatePacketFrom(s_udp, headroom: 0, receiveInterface: 0);
            tcp.PrependTag(mbufs.AllocateTag(1, 2, 20));
            tcp.ChecksumFlags = MbufChecksumFlags.TcpSegmentation;
            Must.Hold(tcp.SegmentInto(queue) == MbufOffloadStatus.SegmentSizeMissing);
            tcp.SegmentSize = 1000;
            Must.Hold(tcp.SegmentInto(queue) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
            udp.ChecksumFlags = MbufChecksumFlags.UdpSegmentationIPv6;
            udp.SegmentSize = 1000;
            Must.Hold(udp.SegmentInto(queue) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
        });
    }

    [Test]
    [Measures(typeof(MbufChain), "OutputInto")]
    public void Output_allocates_nothing()
    {
        var queue = new MbufQueue(Arena);
        var narrow = new MbufInterface("lo0");
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain whole = mbufs.AllocatePacketFrom(s_udp.AsSpan(0, 1000), headroom: 0, receiveInterface: 0);
            using MbufChain fragments = mbufs.AllocatePacketFrom(s_ipv4, headroom: 0, receiveInterface: 0);
            using MbufChain segments = mbufs.AllocatePacketFrom(s_tcp, headroom: 0, receiveInterface: 0);
            fragments.ChecksumFlags = MbufChecksumFlags.IPv4;
            segments.ChecksumFlags = MbufChecksumFlags.TcpSegmentation | MbufChecksumFlags.IPv4;
            segments.SegmentSize = 1000;
            Must.Hold(whole.OutputInto(narrow, queue) == MbufOffloadStatus.Truncated);
            Must.Hold(fragments.OutputInto(narrow, queue) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
            Must.Hold(segments.OutputInto(narrow, queue) == MbufOffloadStatus.Done && queue.Drain(mbufs) == 3);
        });
    }
}
