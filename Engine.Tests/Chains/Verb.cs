using System.Buffers;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Everything that can be done with a chain, so that each is tried on chains that nothing may be done with.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Call">Does it; on a live chain of a few bytes it succeeds, and the chain stays live.</param>
public sealed record Verb(string Name, Action<MbufChain> Call)
{
    private static readonly MbufInterface s_interface = new("lo0");

    /// <summary>All but those that end a claim: Free, FreeFirstSegment, Detach, and being appended.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("Length", static chain => _ = chain.Length),
        new("IsEmpty", static chain => _ = chain.IsEmpty),
        new("SegmentCount", static chain => _ = chain.SegmentCount),
        new("HasPacketHeader", static chain => _ = chain.HasPacketHeader),
        new("PacketLength", static chain => _ = chain.PacketLength),
        new("PacketLength set", static chain => chain.PacketLength = 5),
        new("Flags", static chain => _ = chain.Flags),
        new("Flags set", static chain => chain.Flags = MbufFlags.Fragment),
        new("Type", static chain => _ = chain.Type),
        new("Type set", static chain => chain.Type = MbufType.Control),
        new("ReceiveInterface", static chain => _ = chain.ReceiveInterface),
        new("ReceiveInterface set", static chain => chain.ReceiveInterface = 1),
        new("ChecksumFlags", static chain => _ = chain.ChecksumFlags),
        new("ChecksumFlags set", static chain => chain.ChecksumFlags = MbufChecksumFlags.IPv4),
        new("ChecksumData", static chain => chain.ChecksumData = chain.ChecksumData),
        new("FlowId", static chain => chain.FlowId = chain.FlowId),
        new("HashType", static chain => _ = chain.HashType),
        new("HashType set", static chain => chain.HashType = MbufHashType.Opaque),
        new("VlanTag", static chain => _ = chain.VlanTag),
        new("VlanTag set", static chain => chain.VlanTag = 1),
        new("RoutingTable", static chain => chain.RoutingTable = chain.RoutingTable),
        new("SegmentSize", static chain => chain.SegmentSize = chain.SegmentSize),
        new("Layer2HeaderLength", static chain => chain.Layer2HeaderLength = chain.Layer2HeaderLength),
        new("Layer3HeaderLength", static chain => chain.Layer3HeaderLength = chain.Layer3HeaderLength),
        new("Layer4HeaderLength", static chain => chain.Layer4HeaderLength = chain.Layer4HeaderLength),
        new("Layer5HeaderLength", static chain => chain.Layer5HeaderLength = chain.Layer5HeaderLength),
        new("ReceiveTimestamp", static chain => chain.ReceiveTimestamp = chain.ReceiveTimestamp),
        new("Tags", static chain => _ = chain.Tags),
        new("TryFindTag", static chain => chain.TryFindTag(1, out _)),
        new("DeleteTags", static chain => chain.DeleteTags()),
        new("DeleteNonPersistentTags", static chain => chain.DeleteNonPersistentTags()),
        new("ReferenceCount", static chain => _ = chain.ReferenceCount),
        new("DangerousTryGetExternal", static chain => chain.DangerousTryGetExternal(out _)),
        new("IsWritable", static chain => _ = chain.IsWritable),
        new("Headroom", static chain => _ = chain.Headroom),
        new("Tailroom", static chain => _ = chain.Tailroom),
        new("FirstSpan", static chain => _ = chain.FirstSpan),
        new("TryGetWritable", static chain => chain.TryGetWritable(out _)),
        new("Segments", static chain => _ = chain.Segments),
        new("IsSane", static chain => chain.IsSane(out _)),
        new("TryAppend", static chain => chain.TryAppend([1, 2, 3])),
        new("TryAppend of nothing", static chain => chain.TryAppend([])),
        new("TryAppend of much", static chain => chain.TryAppend(new byte[3000])),
        new("TryAppend", static chain => chain.TryAppend(3, out _)),
        new("TryGetRoom", static chain => chain.TryGetRoom(3, out _)),
        new("Commit", static chain => chain.Commit(0)),
        new("TryReserveRoom", static chain => ReserveAndGiveBack(chain)),
        new("TryAddRoom", static chain => chain.TryAddRoom(3000)),
        new("TryAddRoom of nothing", static chain => chain.TryAddRoom(0)),
        new("TryAttachCluster", static chain => Unless(chain, static chain => chain.TryAttachCluster())),
        new("AlignToEnd", static chain => Unless(chain, static chain => chain.AlignToEnd(1))),
        new("TryPrepend", static chain => chain.TryPrepend(3, out _)),
        new("TryPrepend of bytes", static chain => chain.TryPrepend([1, 2, 3])),
        new("TrimStart", static chain => chain.TrimStart(1)),
        new("TrimStart of nothing", static chain => chain.TrimStart(0)),
        new("TrimEnd", static chain => chain.TrimEnd(1)),
        new("TryPullUp", static chain => chain.TryPullUp(1, out _)),
        new("TryCopyTo", static chain => chain.TryCopyTo(0, new byte[1])),
        new("CopyTo of pieces", static chain => chain.CopyTo([new byte[1]], 0)),
        new("CopyTo of no pieces", static chain => chain.CopyTo([], 0)),
        new("CopyTo of a writer", static chain => chain.CopyTo(new ArrayBufferWriter<byte>())),
        new("TryCopyFrom", static chain => chain.TryCopyFrom(0, [1])),
        new("Start", static chain => _ = chain.Start),
        new("LastSegment", static chain => _ = chain.LastSegment),
        new("TryGetPosition", static chain => chain.TryGetPosition(1, out _)),
        new("GetReader", static chain => _ = chain.GetReader()),
        new("GetWriter", static chain => _ = chain.GetWriter()),
        new("TryPullDown", static chain => chain.TryPullDown(1, 2, out ReadOnlySpan<byte> _)),
        new("TryPullDown to a position", static chain => chain.TryPullDown(1, 8, out MbufPosition _)),
        new("TryPullDownToSegment", static chain => chain.TryPullDownToSegment(1, 8, out _)),
        new("TryCopyUp", static chain => chain.TryCopyUp(2, 8, out _)),
        new("TryVisit", static chain => Visit(chain)),
        new("TryTransform", static chain => Transform(chain)),
        new("FirstAs", static chain => _ = chain.FirstAs<byte>()),
        new("WritableFirstAs", static chain => chain.WritableFirstAs<byte>() = 1),
        new("Share", static chain => chain.Share().Free()),
        new("TrySplit", static chain => SplitAndJoin(chain)),
        new("TryTakeFront", static chain => FrontAndBack(chain)),
        new("TryShare", static chain => ShareAndFree(chain, 1)),
        new("TryShare of everything", static chain => ShareAndFree(chain, MbufSizes.CopyAll)),
        new("ShareBehindHead", static chain => chain.ShareBehindHead(14).Free()),
        new("Duplicate", static chain => chain.Duplicate().Free()),
        new("TryUnshare", static chain => chain.TryUnshare()),
        new("TryMakeWritable", static chain => chain.TryMakeWritable(0, 2)),
        new("TrySplitSegments", static chain => chain.TrySplitSegments(1)),
        new("TryDefragment", static chain => chain.TryDefragment()),
        new("TryCollapse", static chain => chain.TryCollapse(1)),
        new("FixPacketLength", static chain => chain.FixPacketLength()),
        new("ClearProtocolFlags", static chain => chain.ClearProtocolFlags()),
        new("DemoteInterior", static chain => chain.DemoteInterior()),
        new("Demote", static chain => chain.Demote()),
        new("RemovePacketHeader", static chain => chain.RemovePacketHeader()),
        new("IndexOf", static chain => chain.IndexOf(1)),
        new("IndexOf of bytes", static chain => chain.IndexOf([1, 2])),
        new("IndexOf of nothing", static chain => chain.IndexOf([])),
        new("StartsWith", static chain => chain.StartsWith([1])),
        new("StartsWith of nothing", static chain => chain.StartsWith([])),
        new("StartsWith of a chain", static chain => chain.StartsWith(chain)),
        new("SequenceEqual", static chain => chain.SequenceEqual([1])),
        new("SequenceEqual of a chain", static chain => chain.SequenceEqual(chain)),
        new("SequenceCompareTo", static chain => chain.SequenceCompareTo([])),
        new("SequenceCompareTo of a chain", static chain => chain.SequenceCompareTo(chain)),
        new("TryComputeChecksum", static chain => chain.TryComputeChecksum(0, 1, out _)),
        new("TryCompleteTransportChecksum", static chain => chain.TryCompleteTransportChecksum()),
        new("VerifyChecksums", static chain => chain.VerifyChecksums()),
        new("InspectChecksums", static chain => chain.InspectChecksums()),
        new("FragmentInto", static chain => chain.FragmentInto(1500, QueueOf(chain))),
        new("FragmentInto with an identification", static chain => chain.FragmentInto(1500, QueueOf(chain), 1)),
        new("CompleteChecksums", static chain => chain.CompleteChecksums(s_interface)),
        new("OutputInto", static chain => chain.OutputInto(s_interface, QueueOf(chain))),
        new("SegmentInto", static chain => Segment(chain)),
        new("Dump", static chain => chain.Dump()),
        new("DumpHex", static chain => chain.DumpHex(5)),
    ];

    public override string ToString() => Name;

    /// <summary>Verbs for an empty first mbuf: refusing one with data is right, too, if that is all that is wrong.</summary>
    private static void Unless(MbufChain chain, Action<MbufChain> call)
    {
        try
        {
            call(chain);
        }
        catch (InvalidOperationException exception) when (exception.GetType() == typeof(InvalidOperationException))
        {
            ChainAssert.Holds(chain, ChainAssert.Bytes(chain));
        }
    }

    /// <summary>All that need no queue of the chain's arena, which the null chain does not have.</summary>
    public static IEnumerable<Verb> WithoutQueue
        => All.Where(static verb => !verb.Name.StartsWith("OutputInto") && !verb.Name.StartsWith("FragmentInto") && !verb.Name.StartsWith("SegmentInto"));

    private static MbufQueue QueueOf(MbufChain chain) => new(chain.Cache.Arena);

    private static void Segment(MbufChain chain)
    {
        if (chain.HasPacketHeader)
        {
            chain.ChecksumFlags = MbufChecksumFlags.TcpSegmentation;
        }

        chain.SegmentInto(QueueOf(chain));
    }

    private static void ShareAndFree(MbufChain chain, int length)
    {
        if (chain.TryShare(0, length, out MbufChain copy))
        {
            copy.Free();
        }
    }

    private static void SplitAndJoin(MbufChain chain)
    {
        if (chain.TrySplit(1, out MbufChain rest))
        {
            chain.Append(rest);
        }
    }

    private static void FrontAndBack(MbufChain chain)
    {
        if (chain.TryTakeFront(1, out MbufChain front))
        {
            chain.Append(front);
        }
    }

    private static void ReserveAndGiveBack(MbufChain chain)
    {
        if (chain.TryReserveRoom(3000, out MbufRoom room))
        {
            room.Dispose();
        }
    }

    private static void Visit(MbufChain chain)
    {
        Nothing nothing = default;
        chain.TryVisit(0, 2, ref nothing, out _);
    }

    private static void Transform(MbufChain chain)
    {
        Nothing nothing = default;
        chain.TryTransform(0, 2, ref nothing, out _);
    }

    private readonly struct Nothing : IMbufVisitor, IMbufTransformer
    {
        public int Visit(scoped ReadOnlySpan<byte> bytes) => 0;

        public int Transform(scoped Span<byte> bytes) => 0;
    }
}
