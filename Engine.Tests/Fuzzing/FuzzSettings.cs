namespace Engine.Mbufs.Tests.Fuzzing;

/// <summary>One kind of program: the same settings and seed make the same one, as far as one thread runs it.</summary>
/// <param name="Threads">Threads that run it.</param>
/// <param name="IsChecked">Checked mode.</param>
/// <param name="IsStressed">Allocations fail at random.</param>
/// <param name="ClosesInside">Visitors and sources close the scope of the operation that called them; what is live then has no owner.</param>
/// <param name="Disposes">The arena is disposed in the middle.</param>
/// <param name="Mbufs">Mbufs of the arena: few, so that it is often exhausted.</param>
internal sealed record FuzzSettings(int Threads, bool IsChecked, bool IsStressed, bool ClosesInside, bool Disposes, int Mbufs)
{
    public const int PageClusters = 4;
    public const int Jumbos = 2;
    public const int ExternalStorages = 6;

    /// <summary>All combinations that say something of their own.</summary>
    public static IReadOnlyList<FuzzSettings> All { get; } =
    [
        new(1, false, false, false, false, 24),
        new(1, true, false, false, false, 24),
        new(1, false, true, false, false, 60),
        new(1, false, false, true, false, 24),
        new(1, false, false, false, true, 24),
        new(1, true, true, true, true, 60),
        new(3, false, false, false, false, 40),
        new(3, true, false, false, false, 40),
        new(3, false, true, false, false, 200),
        new(3, false, false, true, false, 40),
        new(3, false, true, false, true, 200),
        new(3, true, false, true, true, 40),
    ];

    public MbufArena NewArena(Random random) => new(new MbufArenaOptions
    {
        Mbufs = Mbufs,
        Clusters = Mbufs / 2,
        PageClusters = PageClusters,
        Jumbo9Clusters = Jumbos,
        Jumbo16Clusters = Jumbos,
        ExternalStorages = ExternalStorages,
        Headroom = random.Next(3) * 64,
        Packets = random.Next(2) == 0 ? null : random.Next(Mbufs / 2),
        Caches = 8,
        HugePages = false,
        Checked = IsChecked,
        WarningInterval = TimeSpan.Zero,
        ReclaimInterval = TimeSpan.Zero,
    });

    public override string ToString() => $"{Threads} thread{(Threads == 1 ? "" : "s")}{(IsChecked ? ", checked" : "")}"
        + $"{(IsStressed ? ", stressed" : "")}{(ClosesInside ? ", closing inside" : "")}{(Disposes ? ", disposing" : "")}";
}
