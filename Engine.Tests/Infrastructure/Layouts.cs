namespace Engine.Mbufs.Tests;

/// <summary>Chains that operations on whole packets are tried on: every kind of storage, and every odd shape.</summary>
public static class Layouts
{
    /// <summary>The layouts, by what is odd about them.</summary>
    public static IReadOnlyDictionary<string, Segment[]> All { get; } = new Dictionary<string, Segment[]>
    {
        ["nothing"] = [Segment.Empty],
        ["nothing in three"] = [Segment.Empty, Segment.EmptyCluster, Segment.Shared(0)],
        ["one internal"] = [Segment.Internal(192)],
        ["one byte"] = [Segment.Internal(1, lead: 100)],
        ["one cluster"] = [Segment.Cluster(1500)],
        ["one shared"] = [Segment.Shared(1500, lead: 3)],
        ["one read-only"] = [Segment.ReadOnly(100)],
        ["one external"] = [Segment.External(700, lead: 9)],
        ["one jumbo"] = [Segment.Jumbo(MbufClusterSize.Jumbo16, 16_384)],
        ["bytes of one each"] = [.. Enumerable.Repeat(Segment.Internal(1), 20)],
        ["empty mbufs between"] =
            [Segment.Empty, Segment.Internal(10), Segment.EmptyCluster, Segment.Empty, Segment.Cluster(500), Segment.Shared(0), Segment.ReadOnly(0)],
        ["shared and own"] = [Segment.Shared(100), Segment.Cluster(100), Segment.Shared(200), Segment.Shared(300), Segment.Internal(50)],
        ["full clusters"] = [Segment.Cluster(2048), Segment.Shared(2048), Segment.ReadOnly(2048), Segment.External(2048)],
        ["everything"] =
        [
            Segment.Internal(60, lead: 30), Segment.Empty, Segment.Cluster(2000), Segment.Shared(1000, lead: 50), Segment.External(333),
            Segment.EmptyCluster, Segment.ReadOnly(2048), Segment.Internal(192), Segment.Jumbo(MbufClusterSize.Jumbo16, 12_000),
            Segment.Jumbo(MbufClusterSize.Jumbo9, 9000), Segment.Jumbo(MbufClusterSize.Page, 17), Segment.Shared(1),
        ],
    };

    /// <summary>The names, for the values of a test's parameter.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The number of bytes of a layout.</summary>
    public static int LengthOf(string name) => All[name].Sum(static segment => segment.Length);
}
