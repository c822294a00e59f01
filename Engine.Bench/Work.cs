namespace Engine.Mbufs.Bench;

/// <summary>
/// One kind of work that the engine and its peers do alike, and how long the engine may take for it, as a share of DPDK's time.
/// </summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Must">The most that is accepted.</param>
/// <param name="Goal">What is aimed at.</param>
/// <param name="Description">What is done, counted once for each packet.</param>
internal sealed record Work(string Name, double Must, double Goal, string Description)
{
    /// <summary>Packets of a burst.</summary>
    public const int Burst = 32;

    /// <summary>Packets out at a time in the works that hold many.</summary>
    public const int InFlight = 65_536;

    /// <summary>Bytes of the header that is prepended and trimmed.</summary>
    public const int HeaderLength = 14;

    /// <summary>Bytes written into a packet.</summary>
    public const int PayloadLength = 64;

    /// <summary>Bytes of the first segment of the packet that is fragmented, with its header.</summary>
    public const int FragmentedFirst = 1400;

    /// <summary>Bytes of each of the two segments behind it.</summary>
    public const int FragmentedNext = 1300;

    /// <summary>What its fragments are to fit into.</summary>
    public const int FragmentMtu = 1500;

    /// <summary>Every work, in the order of the tables.</summary>
    public static IReadOnlyList<Work> All { get; } =
    [
        new("alloc-free", 0.45, 0.3, "one packet with a 2 KiB cluster allocated and freed"),
        new("burst32", 0.6, 0.45, "32 packets allocated all or nothing, and freed in bulk"),
        new("inflight-65536", 0.3, 0.22, "65,536 of a shuffled pool allocated in bursts of 32, then all freed so"),
        new("inflight-65536-write64", 0.32, 0.28, "the same, and 64 bytes appended to each"),
        new("prepend-trim", 0.85, 0.6, "14 bytes prepended in the headroom, and trimmed off again"),
        new("checksum-1500", 0.5, 0.45, "the Internet checksum of 1,500 bytes in one segment"),
        new("checksum-1500x4", 0.6, 0.55, "the same over four segments of 375 bytes"),
        new("checksum-65536", 0.5, 0.45, "the Internet checksum of four segments of 16 KiB"),
        new("fragment-4000", 0.75, 0.6, "an IPv4 packet of 1400 + 1300 + 1300 bytes made, cut for an MTU of 1500, and freed"),
    ];

    /// <summary>The work of a name.</summary>
    public static Work Find(string name)
        => All.FirstOrDefault(work => work.Name == name)
            ?? throw new UsageException($"There is no work '{name}': {string.Join(", ", All.Select(work => work.Name))}.");
}
