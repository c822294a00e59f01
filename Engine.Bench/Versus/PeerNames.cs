using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>What peers are called on the command line and in results.</summary>
internal static class PeerNames
{
    public const string Dpdk = "dpdk";
    public const string DpdkByHand = "dpdk-by-hand";
    public const string Self = "self";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Dpdk, DpdkByHand, .. Side.Peers.Select(side => side.Name), Self];

    /// <summary>The name, if there is such a peer.</summary>
    public static string Find(string name)
        => All.Contains(name) ? name : throw new UsageException($"There is no peer '{name}': {string.Join(", ", All)}.");
}
