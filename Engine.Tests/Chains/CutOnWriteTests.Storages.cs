using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <content>Long mbufs of every kind of storage, and the ways to write into them.</content>
public sealed partial class CutOnWriteTests
{
    private readonly List<Attachment> _attachments = [];

    [TearDown]
    public void Free_what_was_attached()
    {
        _attachments.ForEach(static attachment => attachment.Dispose());
        _attachments.Clear();
    }

    private void AssertWritten(string verb, string storage, int length, int offset, int count)
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            byte[] bytes = Pattern(length + 60);
            using MbufChain packet = Build(mbufs, bytes.AsSpan(0, 30).ToArray(), Segment.Internal(30), Segment.Empty);
            packet.Append(Long(mbufs, storage, bytes.AsSpan(30, length)));
            packet.Append(BuildPlain(mbufs, bytes.AsSpan(30 + length, 30).ToArray(), Segment.Empty, Segment.Internal(30), Segment.Empty));
            packet.PacketLength = packet.Length;
            using MbufChain share = packet.Share();
            byte[] written = Pattern(count, seed: 2);
            var oracle = new ByteOracle(hasHeader: true, bytes);
            oracle.CopyBack(30 + offset, written);
            int segments = packet.SegmentCount;

            Assert.That(Write(verb, packet, 30 + offset, written), $"{count} at {offset} of {storage}");
            ChainAssert.Holds(packet, oracle.ToArray());
            ChainAssert.Holds(share, bytes);
            Assert.That(packet.SegmentCount - segments, Is.LessThanOrEqualTo(2 + (count / 2048)), $"{count} at {offset} of {storage}");
            int own = Own(packet) - 60;
            int most = length <= 2048 ? length : count <= 192 ? 192 : Math.Max(2048, count);
            Assert.That(own, Is.InRange(count, Math.Max(count, most)), $"bytes copied for {count} at {offset} of {storage}");
            FreePartners(mbufs);
        }

        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    /// <summary>An mbuf of some kind of storage, full, that may not be written: the packet shares it, or it is read-only.</summary>
    private MbufChain Long(in MbufScope mbufs, string storage, ReadOnlySpan<byte> bytes)
    {
        MbufChain chain = mbufs.AllocateMbuf();
        bool isReadOnly = storage.EndsWith("read-only", StringComparison.Ordinal);
        bool done = storage switch
        {
            "cluster" => chain.TryAttachCluster() && chain.TryAppend(bytes),
            "page" => chain.TryAttachCluster(MbufClusterSize.Page) && chain.TryAppend(bytes),
            "jumbo9" => chain.TryAttachCluster(MbufClusterSize.Jumbo9) && chain.TryAppend(bytes),
            "jumbo16" => chain.TryAttachCluster(MbufClusterSize.Jumbo16) && chain.TryAppend(bytes),
            "managed" => chain.TryAttachExternal((Memory<byte>)bytes.ToArray(), bytes.Length),
            "managed, read-only" => chain.TryAttachExternal((ReadOnlyMemory<byte>)bytes.ToArray()),
            _ => chain.DangerousTryAttachExternal(
                Native(bytes).Describe(
                    storage.StartsWith("native", StringComparison.Ordinal) ? MbufExternalType.Module : MbufExternalType.CallerCounted,
                    isReadOnly ? MbufFlags.ReadOnly : MbufFlags.None),
                bytes.Length),
        };
        Assert.That(done, storage);
        return chain;
    }

    private Attachment Native(ReadOnlySpan<byte> bytes)
    {
        var attachment = new Attachment(bytes.Length);
        _attachments.Add(attachment);
        attachment.Counter = 1;
        bytes.CopyTo(attachment.Bytes);
        return attachment;
    }

    /// <summary>The bytes that may be written.</summary>
    private static int Own(MbufChain chain)
    {
        int own = 0;
        MbufPosition position = chain.Start;
        do
        {
            own += position.IsWritable ? position.Segment.Length : 0;
        }
        while (position.TryGetNext(out position));
        return own;
    }

    private static bool Write(string verb, MbufChain chain, int offset, byte[] bytes)
    {
        switch (verb)
        {
            case "TryCopyFrom":
                return chain.TryCopyFrom(offset, bytes);
            case "TryMakeWritable":
                return chain.TryMakeWritable(offset, bytes.Length) && chain.TryCopyFrom(offset, bytes);
            case "writer":
                MbufWriter writer = chain.GetWriter();
                return writer.TrySeek(offset) && writer.TryWrite(bytes);
            default:
                var source = new Source(bytes);
                return chain.TryTransform(offset, bytes.Length, ref source, out _);
        }
    }

    private ref struct Source(ReadOnlySpan<byte> bytes) : IMbufTransformer
    {
        private ReadOnlySpan<byte> _bytes = bytes;

        public int Transform(scoped Span<byte> bytes)
        {
            _bytes[..bytes.Length].CopyTo(bytes);
            _bytes = _bytes[bytes.Length..];
            return 0;
        }
    }
}
