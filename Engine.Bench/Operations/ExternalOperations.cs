using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>Packets over memory that is not the arena's.</summary>
/// <remarks>Unsafe for the address of the routine that the engine calls when the last reference ends.</remarks>
internal sealed unsafe class ExternalOperations : Setting
{
    private readonly AlignedBytes _memory = new(FrameLength);
    private readonly MbufExternalStorage _storage;

    private ExternalOperations(MbufArenaOptions options)
        : base(options)
    {
        _storage = new MbufExternalStorage
        {
            Address = (void*)_memory.Address,
            Size = FrameLength,
            Routine = &Release,
            Type = MbufExternalType.Disposable,
        };
    }

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("external", "memory attached to an mbuf; freed, and its routine called", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacketWithoutCluster();
                Require(packet.DangerousTryAttachExternal(on._storage, FrameLength));
                packet.Free();
            }
        }),
        Of("external-share", "a packet over attached memory shared, the share freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Require(packet.DangerousTryAttachExternal(on._storage, FrameLength));
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.Share();
                Require(!share.IsNull);
                share.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<ExternalOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ExternalOperations(options), body);

    private static void Release(nint first, nint second)
    {
    }
}

/// <summary>Packet tags: what stages of a network stack tell each other about a packet.</summary>
internal sealed class TagOperations(MbufArenaOptions options) : Setting(options)
{
    private const int TagLength = 16;
    private const int Tags = 4;

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("tag", "a tag of 16 bytes allocated, put on a packet, deleted", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            for (int i = 0; i < count; i++)
            {
                MbufTag tag = mbufs.AllocateTag(1, TagLength);
                Require(!tag.IsNull);
                packet.PrependTag(tag);
                packet.DeleteTag(tag);
            }
        }),
        Of("tag-find", "the last of four tags found", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Tagged(mbufs);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryFindTag(1, out MbufTag tag) && tag.Length == TagLength);
            }
        }),
        Of("tag-share", "a packet with four tags shared, with copies of them", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = on.Tagged(mbufs);
            for (int i = 0; i < count; i++)
            {
                MbufChain share = packet.Share();
                Require(!share.IsNull);
                share.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<TagOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new TagOperations(options), body);

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

/// <summary>
/// Vectored system calls, to and from devices of the kernel that do nothing, so that what is left is the way there. Linux only.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SocketOperations(MbufArenaOptions options) : Setting(options)
{
    private const int ReceiveLength = 4096;

    private readonly FileStream _null = new("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly FileStream _zero = new("/dev/zero", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("send-4", "packet of four segments made, and sent by writev", static (on, count) =>
        {
            int descriptor = (int)on._null.SafeFileHandle.DangerousGetHandle();
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = on.Packet(mbufs, 4, QuarterLength);
                Require(MbufSocket.Send(descriptor, packet).Bytes == FrameLength);
                packet.Free();
            }
        }),
        Of("receive-4096", "4,096 bytes received by readv, freed", static (on, count) =>
        {
            int descriptor = (int)on._zero.SafeFileHandle.DangerousGetHandle();
            using MbufScope mbufs = on.Arena.Enter();
            for (int i = 0; i < count; i++)
            {
                MbufChain packet = mbufs.AllocatePacket();
                Require(MbufSocket.Receive(descriptor, packet, ReceiveLength).Bytes == ReceiveLength);
                packet.Free();
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<SocketOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new SocketOperations(options), body);

    public override void Dispose()
    {
        _null.Dispose();
        _zero.Dispose();
        base.Dispose();
    }
}
