namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Packet tags: what stages of a network stack tell each other about a packet.</summary>
internal sealed class TagKernels : KernelSetting
{
    private const int TagLength = 16;
    private const int Tags = 4;

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<TagKernels>(
            "tag", "a tag of 16 bytes allocated, put on a packet, deleted",
            static (on, count) => on.Add(count)),
        Kernel.Of<TagKernels>("tag-find", "the last of four tags found", static (on, count) => on.Find(count)),
        Kernel.Of<TagKernels>(
            "tag-share", "a packet with four tags shared, with copies of them",
            static (on, count) => on.Share(count)),
    ];

    private void Add(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        for (int i = 0; i < count; i++)
        {
            MbufTag tag = mbufs.AllocateTag(1, TagLength);
            Require(!tag.IsNull);
            packet.PrependTag(tag);
            packet.DeleteTag(tag);
        }
    }

    private void Find(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs);
        for (int i = 0; i < count; i++)
        {
            Require(packet.TryFindTag(1, out MbufTag tag) && tag.Length == TagLength);
        }
    }

    private void Share(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs);
        for (int i = 0; i < count; i++)
        {
            MbufChain share = packet.Share();
            Require(!share.IsNull);
            share.Free();
        }
    }

    private MbufChain Tagged(in MbufScope mbufs)
    {
        MbufChain packet = Packet(mbufs, FrameLength);
        for (ushort type = 1; type <= Tags; type++)
        {
            MbufTag tag = mbufs.AllocateTag(type, TagLength);
            Payload(TagLength).CopyTo(tag.Data);
            packet.PrependTag(tag);
        }

        return packet;
    }
}
