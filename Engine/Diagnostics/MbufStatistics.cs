using System.Globalization;
using System.Text;

namespace Engine.Mbufs;

/// <summary>
/// The state of an arena (mbuf(9): what <c>netstat -m</c> shows), as <c>GetStatistics</c> found it.
/// </summary>
/// <remarks>
/// Derived from carved, cached and depot counts, so that no operation counts anything; exact while no scope is open elsewhere.
/// </remarks>
public sealed class MbufStatistics
{
    private static readonly (MbufType Type, string Name)[] s_types =
    [
        (MbufType.Data, "data"),
        (MbufType.Header, "packet headers"),
        (MbufType.SocketName, "socket names"),
        (MbufType.Control, "control information"),
        (MbufType.OutOfBandData, "out-of-band data"),
    ];

    /// <summary>Live mbufs by <see cref="MbufType"/>, any value of it.</summary>
    private readonly int[] _types;

    internal MbufStatistics(MbufZoneStatistics[] zones, int[] types, int tags)
    {
        _types = types;
        Tags = tags;
        Mbufs = zones[(int)ZoneId.Mbuf];
        Clusters = zones[(int)ZoneId.Cluster];
        PageClusters = zones[(int)ZoneId.Page];
        Jumbo9Clusters = zones[(int)ZoneId.Jumbo9];
        Jumbo16Clusters = zones[(int)ZoneId.Jumbo16];
        ExternalStorages = zones[(int)ZoneId.External];
        Packets = zones[(int)ZoneId.Packet];
    }

    /// <summary>All mbufs, with and without clusters.</summary>
    public MbufZoneStatistics Mbufs { get; }

    /// <summary>Clusters of 2 KiB, those in pairs included.</summary>
    public MbufZoneStatistics Clusters { get; }

    /// <summary>Clusters of 4 KiB.</summary>
    public MbufZoneStatistics PageClusters { get; }

    /// <summary>Clusters of 9 KiB.</summary>
    public MbufZoneStatistics Jumbo9Clusters { get; }

    /// <summary>Clusters of 16 KiB.</summary>
    public MbufZoneStatistics Jumbo16Clusters { get; }

    /// <summary>Pieces of attached storage: their records.</summary>
    public MbufZoneStatistics ExternalStorages { get; }

    /// <summary>
    /// The packet zone: cached are the free pairs of mbuf and 2 KiB cluster; current are the 2 KiB clusters in use, which will
    /// be freed as pairs.
    /// </summary>
    public MbufZoneStatistics Packets { get; }

    /// <summary>Packet tags, on packets and on their own: each is one of the <see cref="Mbufs"/>, and of no type.</summary>
    public int Tags { get; }

    /// <summary>Bytes of mbufs and clusters that are in use.</summary>
    public long BytesInUse => Bytes(static zone => zone.Current);

    /// <summary>Bytes of mbufs and clusters that are free and cached.</summary>
    public long BytesCached => Bytes(static zone => zone.Cached);

    /// <summary>netstat -m, "mbufs allocated to": how many live mbufs have a type.</summary>
    /// <param name="type">Any value: also one that has no name.</param>
    /// <returns>
    /// Mbufs in chains; with <see cref="Tags"/> they are what is current of <see cref="Mbufs"/>, if no scope was open elsewhere.
    /// </returns>
    /// <remarks>O(1): they were counted with the snapshot.</remarks>
    public int CountOf(MbufType type) => _types[(byte)type];

    /// <summary>The table in the shape of <c>netstat -m</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line(text, $"{Usage(Mbufs)} mbufs in use (current/cache/total/max)");
        AddTypes(text);
        Line(text, $"{Usage(Clusters)} mbuf clusters in use (current/cache/total/max)");
        Line(text, $"{Packets.Current}/{Packets.Cached} mbuf+clusters out of packet zone in use (current/cache)");
        Line(text, $"{Usage(PageClusters)} 4k jumbo clusters in use (current/cache/total/max)");
        Line(text, $"{Usage(Jumbo9Clusters)} 9k jumbo clusters in use (current/cache/total/max)");
        Line(text, $"{Usage(Jumbo16Clusters)} 16k jumbo clusters in use (current/cache/total/max)");
        Line(text, $"{Usage(ExternalStorages)} attached storages in use (current/cache/total/max)");
        long inUse = BytesInUse / 1024;
        long cached = BytesCached / 1024;
        Line(text, $"{inUse}K/{cached}K/{inUse + cached}K bytes used by mbufs (current/cache/total)");
        Line(text, $"{Mbufs.HighWater}/{Clusters.HighWater} most mbufs/clusters in use at a time");
        Line(text, $"{Mbufs.Denied}/{Clusters.Denied}/{Packets.Denied} requests denied (mbufs/clusters/mbuf+clusters)");
        Line(text, $"{Mbufs.Delayed}/{Clusters.Delayed}/{Packets.Delayed} requests delayed (mbufs/clusters/mbuf+clusters)");
        Line(text, $"{Jumbos(static zone => zone.Denied)} requests for jumbo clusters denied (4k/9k/16k)");
        Line(text, $"{Jumbos(static zone => zone.Delayed)} requests for jumbo clusters delayed (4k/9k/16k)");
        Line(text, $"{ExternalStorages.Denied} requests to attach storage denied");
        return text.ToString();
    }

    private static string Usage(MbufZoneStatistics zone)
        => string.Create(CultureInfo.InvariantCulture, $"{zone.Current}/{zone.Cached}/{zone.Total}/{zone.Limit}");

    private static void Line(StringBuilder text, FormattableString line)
        => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private string Jumbos(Func<MbufZoneStatistics, long> count)
        => string.Create(CultureInfo.InvariantCulture, $"{count(PageClusters)}/{count(Jumbo9Clusters)}/{count(Jumbo16Clusters)}");

    private void AddTypes(StringBuilder text)
    {
        foreach ((MbufType type, string name) in s_types)
        {
            AddCount(text, CountOf(type), name);
        }

        for (int value = 0; value < _types.Length; value++)
        {
            if (!s_types.Any(entry => (int)entry.Type == value))
            {
                AddCount(text, _types[value], string.Create(CultureInfo.InvariantCulture, $"type {value}"));
            }
        }

        AddCount(text, Tags, "packet tags");
    }

    private static void AddCount(StringBuilder text, int count, string name)
    {
        if (count > 0)
        {
            Line(text, $"{count} mbufs allocated to {name}");
        }
    }

    private long Bytes(Func<MbufZoneStatistics, int> count)
        => ((long)count(Mbufs) * MbufSizes.MbufSize)
        + ((long)count(Clusters) * (int)MbufClusterSize.Standard)
        + ((long)count(PageClusters) * (int)MbufClusterSize.Page)
        + ((long)count(Jumbo9Clusters) * (int)MbufClusterSize.Jumbo9)
        + ((long)count(Jumbo16Clusters) * (int)MbufClusterSize.Jumbo16);
}

/// <summary>The state of one zone (mbuf(9): a line of <c>netstat -m</c>). All are counts of items.</summary>
/// <param name="Current">Allocated and not freed.</param>
/// <param name="Cached">Free and ready: in the caches' magazines and in the depot.</param>
/// <param name="Total">Ever used, current and cached, but for what a lower limit retired. Memory is resident for these.</param>
/// <param name="Limit">The limit: that of the options, or what <see cref="MbufArena.SetLimit"/> made of it.</param>
/// <param name="HighWater">Most items outside the depot at a time, which counts what lay in magazines: exact to two magazines
/// of 64, and one round in the front slot, for each cache.</param>
/// <param name="Denied">Requests that were refused because the arena was exhausted.</param>
/// <param name="Delayed">Requests that had to wait.</param>
public readonly record struct MbufZoneStatistics(int Current, int Cached, int Total, int Limit, int HighWater, long Denied, long Delayed);
