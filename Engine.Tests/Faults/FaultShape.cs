using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>A chain to try operations on: what its mbufs are, and what else is special about it.</summary>
internal sealed record FaultShape(string Name, params Segment[] Layout)
{
    public static IReadOnlyList<FaultShape> All { get; } =
    [
        new("internal", Segment.Internal(150)),
        new("full internal", Segment.Internal(192), Segment.Internal(1), Segment.Internal(192)),
        new("cluster", Segment.Cluster(1500)),
        new("clusters", Segment.Cluster(1000), Segment.Cluster(2048), Segment.Cluster(1)),
        new("page cluster", Segment.Jumbo(MbufClusterSize.Page, 4096)),
        new(
            "jumbo clusters",
            Segment.Jumbo(MbufClusterSize.Jumbo9, 9000), Segment.Internal(100), Segment.Jumbo(MbufClusterSize.Jumbo16, 3000)),
        new("shared", Segment.Shared(800)),
        new("several shared", Segment.Shared(500, lead: 9), Segment.Shared(1), Segment.Internal(20), Segment.Shared(700)),
        new("read-only", Segment.ReadOnly(800)),
        new("several read-only", Segment.ReadOnly(100), Segment.ReadOnly(2048), Segment.Internal(20)),
        new("external", Segment.External(700, lead: 50)),
        new("several external", Segment.External(2048), Segment.Internal(10), Segment.External(100)),
        new(
            "mixed with empty ones",
            Segment.Empty, Segment.Internal(100), Segment.EmptyCluster, Segment.Shared(300), Segment.Empty, Segment.ReadOnly(200),
            Segment.External(90), Segment.Cluster(100), Segment.Jumbo(MbufClusterSize.Page, 2100), Segment.EmptyCluster),
        new("many small ones", [.. Enumerable.Repeat(Segment.Internal(7), 12)]),
        new("empty", Segment.Empty),
        new("empty first", Segment.Empty, Segment.Shared(300), Segment.Cluster(300)),
        new("without header", Segment.Cluster(300), Segment.Internal(20), Segment.Shared(50)) { HasHeader = false },
        new("empty without header", Segment.Empty) { HasHeader = false },
        new("with tags", Segment.Cluster(700), Segment.Shared(60)) { HasTags = true },
        new("wholly shared", Segment.Internal(30), Segment.Cluster(700), Segment.External(300), Segment.ReadOnly(40)) { IsShared = true },
        new("with room taken", Segment.Internal(30), Segment.Cluster(700)) { Room = 5000 },
        new("with room taken behind shared", Segment.Shared(700)) { Room = 5000 },
        new("long and shared", Segment.Jumbo(MbufClusterSize.Jumbo16, 4500)) { IsShared = true, IsLong = true },
        new(
            "several long and shared",
            Segment.Jumbo(MbufClusterSize.Page, 3000), Segment.Empty, Segment.Jumbo(MbufClusterSize.Jumbo9, 5000), Segment.EmptyCluster)
        { IsShared = true, IsLong = true },
    ];

    public bool HasHeader { get; private init; } = true;

    /// <summary>With two tags, one of them in a cluster, and fields of the cold line.</summary>
    public bool HasTags { get; private init; }

    /// <summary>Another packet refers to all of its storage.</summary>
    public bool IsShared { get; private init; }

    /// <summary>Its mbufs are copied in several pieces where there is no large cluster: operations go on with those.</summary>
    public bool IsLong { get; private init; }

    /// <summary>Bytes of spare room at the end.</summary>
    public int Room { get; private init; }

    public bool StartsEmpty => Layout[0] == Segment.Empty;

    /// <summary>It is a packet, with an IPv4 header and something behind it.</summary>
    public bool IsIPv4 => HasHeader && Length > 22;

    public int Length => Layout.Sum(static segment => segment.Length);

    public override string ToString() => Name;

    /// <param name="mbufs">Where the mbufs come from.</param>
    /// <param name="kept">Receives the packets that share its storage.</param>
    public MbufChain Build(in MbufScope mbufs, ICollection<Mbuf> kept)
    {
        MbufChain chain = ChainBuilder.Build(mbufs, kept, HasHeader, Content(), Layout);
        if (HasTags)
        {
            AddTags(mbufs, chain);
        }

        if (IsShared)
        {
            kept.Add(chain.Share().Detach());
        }

        return Room == 0 || chain.TryAddRoom(Room) ? chain : throw new InvalidOperationException("The arena is too small for the test.");
    }

    /// <summary>A packet whose header has everything that a header can have.</summary>
    public static MbufChain BuildPartner(in MbufScope mbufs, ICollection<Mbuf> kept)
        => All.Single(static shape => shape.HasTags).Build(mbufs, kept);

    /// <summary>Bytes like no others, after the start of an IPv4 header of UDP that gives the right length.</summary>
    private byte[] Content()
    {
        byte[] bytes = BytePattern.Of(Length);
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x4500_0000u | (uint)Length);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(IPv4Header.PlaceOfFragment), 0);
            bytes[IPv4Header.PlaceOfProtocol] = (byte)IPProtocol.Udp;
        }

        return bytes;
    }

    private static void AddTags(in MbufScope mbufs, MbufChain packet)
    {
        foreach ((ushort type, int length) in new (ushort, int)[] { (1, 20), (MbufTag.Persistent, 300) })
        {
            MbufTag tag = mbufs.AllocateTag(77, type, length);
            BytePattern.Of(length).CopyTo(tag.Data);
            packet.PrependTag(tag);
        }

        packet.VlanTag = 12;
        packet.ReceiveInterface = 3;
        packet.FlowId = 5;
        packet.ReceiveTimestamp = 99;
    }
}
