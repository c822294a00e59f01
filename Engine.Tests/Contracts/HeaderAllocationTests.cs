using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Once warm, packet headers, tags and external storage allocate no managed memory, but for attaching managed memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class HeaderAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.ChecksumFlags), nameof(MbufChain.ChecksumData), nameof(MbufChain.FlowId),
        nameof(MbufChain.HashType), nameof(MbufChain.VlanTag), nameof(MbufChain.RoutingTable), nameof(MbufChain.SegmentSize),
        nameof(MbufChain.Layer2HeaderLength), nameof(MbufChain.Layer3HeaderLength), nameof(MbufChain.Layer4HeaderLength),
        nameof(MbufChain.Layer5HeaderLength), nameof(MbufChain.ReceiveTimestamp))]
    public void Fields_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        packet.ChecksumFlags = MbufChecksumFlags.Tcp;
        packet.ChecksumData = 16;
        packet.FlowId = 1;
        packet.HashType = MbufHashType.TcpIPv4;
        packet.VlanTag = 2;
        packet.RoutingTable = 3;
        packet.SegmentSize = 1448;
        packet.Layer2HeaderLength = 14;
        packet.Layer3HeaderLength = 20;
        packet.Layer4HeaderLength = 21;
        packet.Layer5HeaderLength = 22;
        packet.ReceiveTimestamp = 4;
        Must.Hold(packet.ChecksumFlags == MbufChecksumFlags.Tcp && packet.ChecksumData == 16 && packet.FlowId == 1);
        Must.Hold(packet.HashType == MbufHashType.TcpIPv4 && packet.VlanTag == 2 && packet.RoutingTable == 3);
        Must.Hold(packet.SegmentSize == 1448 && packet.Layer2HeaderLength == 14 && packet.Layer3HeaderLength == 20);
        Must.Hold(packet.Layer4HeaderLength == 21 && packet.Layer5HeaderLength == 22 && packet.ReceiveTimestamp == 4);
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.MovePacketHeaderFrom), nameof(MbufChain.TryCopyPacketHeaderFrom),
        nameof(MbufChain.CopyPacketFieldsFrom), nameof(MbufChain.TryCopyTagsFrom))]
    public void Handing_a_header_on_allocates_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        using MbufChain other = mbufs.AllocateMbuf();
        packet.PrependTag(mbufs.AllocateTag(1, 10));
        other.CopyPacketFieldsFrom(packet);
        Must.Hold(other.TryCopyTagsFrom(packet) && other.TryCopyPacketHeaderFrom(packet));
        packet.MovePacketHeaderFrom(other);
        Must.Hold(packet.HasPacketHeader && !other.HasPacketHeader);
    });

    [Test]
    [Measures(typeof(MbufScope), nameof(MbufScope.AllocateTag), nameof(MbufScope.OpenTag))]
    [Measures(typeof(MbufChain), nameof(MbufChain.PrependTag), nameof(MbufChain.Tags), nameof(MbufChain.TryFindTag),
        nameof(MbufChain.UnlinkTag), nameof(MbufChain.DeleteTag), nameof(MbufChain.DeleteTagsFrom), nameof(MbufChain.DeleteTags),
        nameof(MbufChain.DeleteNonPersistentTags))]
    public void Tags_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        for (ushort type = 0; type < 5; type++)
        {
            packet.PrependTag(mbufs.OpenTag(mbufs.AllocateTag(7, type, 300).Detach()));
        }

        packet.PrependTag(mbufs.AllocateTag(9, 8));
        int count = 0;
        foreach (MbufTag tag in packet.Tags)
        {
            count += tag.Data.Length > 0 ? 1 : 0;
        }

        Must.Hold(count == 6 && packet.TryFindTag(9, out MbufTag common) && packet.TryFindTag(7, 1, common, out MbufTag found));
        packet.TryFindTag(7, 3, out MbufTag third);
        packet.UnlinkTag(third);
        using (MbufTag copy = third.Duplicate())
        {
            Must.Hold(copy.Length == 300 && !copy.IsAttached);
        }

        third.Free();
        packet.TryFindTag(7, 2, out MbufTag second);
        packet.DeleteTag(second);
        packet.TryFindTag(7, 1, out MbufTag first);
        packet.DeleteTagsFrom(first);
        packet.DeleteNonPersistentTags();
        packet.DeleteTags();
    });

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.DangerousTryAttachExternal), nameof(MbufChain.DangerousTryGetExternal),
        nameof(MbufChain.ReferenceCount))]
    public void External_storage_allocates_nothing()
    {
        using var memory = new Attachment(100);
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain packet = memory.Attach(mbufs);
            using MbufChain copy = packet.Share();
            Must.Hold(copy.DangerousTryGetExternal(out MbufExternalStorage storage) && storage.Size == 100);
            Must.Hold(packet.ReferenceCount == 2 && copy.TryCopyFrom(0, [1]));
        });
    }

    /// <summary>Attaching managed memory may allocate; sharing it and letting it go may not.</summary>
    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.TryAttachExternal))]
    public void Managed_memory_allocates_when_it_is_attached_and_never_afterwards()
    {
        byte[] memory = new byte[100];
        for (int round = 0; round < 4; round++)
        {
            using MbufScope mbufs = Arena.Enter();
            MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Must.Hold(packet.TryAttachExternal(memory, 100));
            long before = GC.GetAllocatedBytesForCurrentThread();
            MbufChain copy = packet.Share();
            packet.Free();
            copy.Free();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.That(allocated, round == 0 ? Is.GreaterThanOrEqualTo(0) : Is.Zero, "Managed bytes allocated after warming up.");
        }
    }
}
