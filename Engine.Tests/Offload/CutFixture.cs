using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>Tests that cut packets into parts, and look at each part.</summary>
public abstract class CutFixture(ArenaKind kind) : MbufFixture(kind)
{
    protected const int LinkHeader = 32;

    protected override MbufArena Reserve() => NewArena(mbufs: 8192, clusters: 256, pages: 32, jumbo9: 32, jumbo16: 32);

    protected MbufQueue NewQueue(int limit = 0) => new(Arena, limit);

    /// <summary>
    /// Takes the parts off a queue, frees them, and returns their bytes. Each must be sane, have so many bytes of header in front
    /// that are its own and can be written, and take a link header without needing memory.
    /// </summary>
    protected static List<byte[]> Drain(in MbufScope mbufs, MbufQueue queue, Func<byte[], int> headerLength, bool isCut = true)
    {
        var parts = new List<byte[]>();
        while (queue.TryDequeue(mbufs, out MbufChain part))
        {
            using (part)
            {
                byte[] bytes = ChainAssert.Bytes(part);
                ChainAssert.Holds(part, bytes);
                if (isCut)
                {
                    AssertFront(part, bytes, headerLength(bytes));
                }

                parts.Add(bytes);
            }
        }

        Assert.That((queue.Count, queue.Length, queue.Drops), Is.EqualTo((0, 0L, 0L)));
        return parts;
    }

    /// <summary>Every field that a packet header has, and a tag.</summary>
    protected static void SetHeaderFields(in MbufScope mbufs, MbufChain packet)
    {
        packet.ReceiveInterface = 3;
        packet.FlowId = 5;
        packet.VlanTag = 12;
        packet.ReceiveTimestamp = 99;
        packet.RoutingTable = 2;
        packet.Flags |= MbufFlags.Multicast | MbufFlags.Protocol2;
        foreach (int length in new[] { 20, 300 })
        {
            MbufTag tag = mbufs.AllocateTag(77, (ushort)length, length);
            BytePattern.Of(length).CopyTo(tag.Data);
            packet.PrependTag(tag);
        }
    }

    protected static void AssertHeaderFields(MbufChain part)
    {
        Assert.That(
            (part.ReceiveInterface, part.FlowId, part.VlanTag, part.ReceiveTimestamp, part.RoutingTable),
            Is.EqualTo(((ushort)3, 5u, (ushort)12, 99ul, (ushort)2)));
        const MbufFlags Set = MbufFlags.Multicast | MbufFlags.Protocol2 | MbufFlags.VlanTag;
        Assert.That(part.Flags & Set, Is.EqualTo(Set & part.Flags));
        Assert.That(part.Flags.HasFlag(MbufFlags.Multicast | MbufFlags.Protocol2));
        int tags = 0;
        foreach (int length in new[] { 20, 300 })
        {
            Assert.That(part.TryFindTag(77, (ushort)length, out MbufTag tag));
            Assert.That(tag.Data.SequenceEqual(BytePattern.Of(length)));
            tags++;
        }

        Assert.That(tags, Is.EqualTo(2));
    }

    private static void AssertFront(MbufChain part, byte[] bytes, int headerLength)
    {
        Assert.That(part.IsWritable, "The header is the part's own.");
        Assert.That(part.FirstSpan.Length, Is.GreaterThanOrEqualTo(headerLength), "The header is contiguous.");
        Assert.That(part.Headroom, Is.GreaterThanOrEqualTo(LinkHeader), "There is room for a link header.");
        int segments = part.SegmentCount;
        byte[] link = BytePattern.Of(LinkHeader, seed: 9);
        Assert.That(part.TryPrepend(link) && part.SegmentCount == segments, "It goes where it is.");
        ChainAssert.Holds(part, [.. link, .. bytes]);
    }
}
