namespace Engine.Mbufs.Tests;

public enum SegmentKind
{
    Internal,
    Cluster,
    Page,
    Jumbo9,
    Jumbo16,

    /// <summary>A 2 KiB cluster that another packet refers to, too.</summary>
    Shared,

    /// <summary>A 2 KiB cluster that is marked read-only.</summary>
    ReadOnly,

    /// <summary>2048 bytes of attached managed memory, the only packet over it.</summary>
    External,
}

/// <summary>One mbuf of a chain to be built.</summary>
/// <param name="Kind">Where its bytes lie.</param>
/// <param name="Length">How many there are; 0 for an empty mbuf.</param>
/// <param name="Lead">Free bytes before them, on top of the headroom.</param>
public readonly record struct Segment(SegmentKind Kind, int Length, int Lead = 0)
{
    public static Segment Empty => new(SegmentKind.Internal, 0);

    public static Segment EmptyCluster => new(SegmentKind.Cluster, 0);

    public static Segment Internal(int length, int lead = 0) => new(SegmentKind.Internal, length, lead);

    public static Segment Cluster(int length, int lead = 0) => new(SegmentKind.Cluster, length, lead);

    public static Segment Shared(int length, int lead = 0) => new(SegmentKind.Shared, length, lead);

    public static Segment ReadOnly(int length, int lead = 0) => new(SegmentKind.ReadOnly, length, lead);

    public static Segment External(int length, int lead = 0) => new(SegmentKind.External, length, lead);

    public static Segment Jumbo(MbufClusterSize size, int length) => new(
        size switch
        {
            MbufClusterSize.Page => SegmentKind.Page,
            MbufClusterSize.Jumbo9 => SegmentKind.Jumbo9,
            _ => SegmentKind.Jumbo16,
        },
        length);

    /// <summary>A random chain of a few mbufs of every kind, some of them empty.</summary>
    public static Segment[] RandomLayout(Random random, int most = 6)
    {
        var layout = new Segment[random.Next(1, most + 1)];
        for (int i = 0; i < layout.Length; i++)
        {
            var kind = (SegmentKind)random.Next((int)SegmentKind.External + 1);
            int size = kind == SegmentKind.Internal ? MbufSizes.InternalSize : (int)MbufClusterSize.Standard;
            int length = random.Next(4) == 0 ? 0 : random.Next(size + 1);
            layout[i] = new Segment(kind, length, random.Next(3) == 0 ? random.Next(size - length + 1) : 0);
        }

        return layout;
    }
}
