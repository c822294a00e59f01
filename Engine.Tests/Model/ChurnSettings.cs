namespace Engine.Mbufs.Tests.Model;

/// <summary>The arena of a run: its kind, how much there is of it, and whether allocations fail on purpose, too.</summary>
internal sealed record ChurnSettings(ArenaKind Kind, bool IsLarge, bool IsStressed)
{
    public static IReadOnlyList<ChurnSettings> All { get; } =
    [
        .. from kind in ArenaKind.All
           from isLarge in new[] { false, true }
           from isStressed in new[] { false, true }
           select new ChurnSettings(kind, isLarge, isStressed),
    ];

    /// <summary>Most packets at a time, outside of queues.</summary>
    public int MostPackets => IsLarge ? 150 : 40;

    public MbufArena NewArena(int seed)
    {
        var arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = IsLarge ? 6_000 : 90,
            Clusters = IsLarge ? 1_500 : 30,
            PageClusters = IsLarge ? 100 : 4,
            Jumbo9Clusters = IsLarge ? 60 : 2,
            Jumbo16Clusters = IsLarge ? 60 : 3,
            ExternalStorages = IsLarge ? 80 : 5,
            Headroom = Kind.Headroom,
            Checked = Kind.Checked,
            ClearOnFree = Kind.Clears,
            Caches = 8,
            HugePages = false,
            ReclaimInterval = TimeSpan.Zero,
            WarningInterval = TimeSpan.Zero,
        });
        arena.Stress.Seed = seed;
        if (IsStressed)
        {
            arena.Stress.AllocationFailureRate = 0.02;
            arena.Stress.DefragmentFailureRate = 0.2;
        }

        return arena;
    }

    public override string ToString() => $"{Kind}, {(IsLarge ? "large" : "small")}{(IsStressed ? ", stressed" : "")}";
}
