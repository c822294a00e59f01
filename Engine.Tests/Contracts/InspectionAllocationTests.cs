using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Once warm, looking at bytes, summing them, and taking headers away allocate no managed memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class InspectionAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_datagram =
        [0x45, 0, 0, 30, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2, 0, 10, 0, 0, 3, 4];

    private static readonly MbufInterface s_interface = new("lo0");

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.IndexOf), nameof(MbufChain.StartsWith), nameof(MbufChain.SequenceEqual),
        nameof(MbufChain.SequenceCompareTo), nameof(MbufChain.Null))]
    public void Searching_and_comparing_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        using MbufChain other = mbufs.AllocatePacket();
        for (int i = 0; i < 30; i++)
        {
            Must.Hold(packet.TryAppend(s_datagram) && other.TryAppend(s_datagram));
        }

        Must.Hold(packet.IndexOf(17, 10) == 39 && packet.IndexOf([4, 0x45]) == 29 && packet.IndexOf([9]) < 0);
        Must.Hold(packet.StartsWith(s_datagram) && packet.StartsWith(other) && MbufChain.Null.IsNull);
        Must.Hold(packet.SequenceEqual(other) && !packet.SequenceEqual(s_datagram));
        Must.Hold(packet.SequenceCompareTo(other) == 0 && packet.SequenceCompareTo(s_datagram) > 0);
    });

    [Test]
    [Measures(typeof(MbufChain), "TryComputeChecksum", "TryCompleteTransportChecksum",
        "CompleteChecksums")]
    public void Checksums_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_datagram));
        packet.ChecksumFlags = MbufChecksumFlags.Udp;
        packet.ChecksumData = 6;
        using MbufChain share = packet.Share();
        Must.Hold(packet.TryCompleteTransportChecksum() && share.TryCompleteTransportChecksum());
        packet.ChecksumFlags = MbufChecksumFlags.IPv4;
        Must.Hold(packet.CompleteChecksums(s_interface) == MbufOffloadStatus.Done);
        Must.Hold(packet.TryComputeChecksum(20, 10, out ushort checksum) && checksum == 0);
    });

    [Test]
    [Measures(typeof(MbufChain), "VerifyChecksums", "InspectChecksums")]
    public void Verdicts_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_datagram));
        Must.Hold(packet.InspectChecksums().Network == MbufChecksumVerdict.Invalid);
        Must.Hold(packet.VerifyChecksums().Transport == MbufChecksumVerdict.Absent);
        Must.Hold(packet.VerifyChecksums().Network == MbufChecksumVerdict.Invalid);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Demote), nameof(MbufChain.DemoteInterior), nameof(MbufChain.RemovePacketHeader),
        nameof(MbufChain.ClearProtocolFlags))]
    public void Taking_headers_away_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket(5000);
        using MbufChain other = mbufs.AllocatePacket();
        packet.PrependTag(mbufs.AllocateTag(1, 5));
        other.VlanTag = 1;
        packet.ClearProtocolFlags();
        packet.DemoteInterior();
        packet.Demote();
        other.RemovePacketHeader();
        Must.Hold(!packet.HasPacketHeader && !other.HasPacketHeader);
    });
}
