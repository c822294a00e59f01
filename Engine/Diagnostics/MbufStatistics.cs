using System.Globalization;
using System.Text;

namespace Engine.Mbufs;

/// <summary>
/// The state of an arena (mbuf(9): what <c>netstat -m</c> shows), as <see cref="MbufArena.GetStatistics"/> found it.
/// </summary>
/// <remarks>
/// Derived from carved, cached and depot counts, so that no operation counts anything; exact while no scope is open elsewhere.
/// </remarks>
public sealed class MbufStatistics
{
    internal MbufStatistics(MbufZoneStatistics[] zones)
    {
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

    /// <summary>Bytes of mbufs and clusters that are in use.</summary>
    public long BytesInUse => Bytes(static zone => zone.Current);

    /// <summary>Bytes of mbufs and clusters that are free and cached.</summary>
    public long BytesCached => Bytes(static zone => zone.Cached);

    /// <summary>The table in the shape of <c>netstat -m</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line($"{Usage(Mbufs)} mbufs in use (current/cache/total/max)");
        Line($"{Usage(Clusters)} mbuf clusters in use (current/cache/total/max)");
        Line($"{Packets.Current}/{Packets.Cached} mbuf+clusters out of packet zone in use (current/cache)");
        Line($"{Usage(PageClusters)} 4k jumbo clusters in use (current/cache/total/max)");
        Line($"{Usage(Jumbo9Clusters)} 9k jumbo clusters in use (current/cache/total/max)");
        Line($"{Usage(Jumbo16Clusters)} 16k jumbo clusters in use (current/cache/total/max)");
        long kibibytesInUse = BytesInUse / 1024;
        long kibibytesCached = BytesCached / 1024;
        Line($"{kibibytesInUse}K/{kibibytesCached}K/{kibibytesInUse + kibibytesCached}K bytes used by mbufs (current/cache/total)");
        Line($"{Mbufs.HighWater}/{Clusters.HighWater} most mbufs/clusters in use at a time");
        Line($"{Mbufs.Denied}/{Clusters.Denied}/{Packets.Denied} requests denied (mbufs/clusters/mbuf+clusters)");
        Line($"{Mbufs.Delayed}/{Clusters.Delayed}/{Packets.Delayed} requests delayed (mbufs/clusters/mbuf+clusters)");
        Line($"{PageClusters.Denied}/{Jumbo9Clusters.Denied}/{Jumbo16Clusters.Denied} requests for jumbo clusters denied (4k/9k/16k)");
        Line($"{PageClusters.Delayed}/{Jumbo9Clusters.Delayed}/{Jumbo16Clusters.Delayed} requests for jumbo clusters delayed (4k/9k/16k)");
        return text.ToString();

        static string Usage(MbufZoneStatistics zone)
            => string.Create(CultureInfo.InvariantCulture, $"{zone.Current}/{zone.Cached}/{zone.Total}/{zone.Max}");

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private long Bytes(Func<MbufZoneStatistics, int> count)
        => ((long)count(Mbufs) * MbufSizes.MbufSize)
        + ((long)count(Clusters) * (int)MbufClusterSize.Standard)
        + ((long)count(PageClusters) * (int)MbufClusterSize.Page)
        + ((long)count(Jumbo9Clusters) * (int)MbufClusterSize.Jumbo9)
        + ((long)count(Jumbo16Clusters) * (int)MbufClusterSize.Jumbo16);
}
