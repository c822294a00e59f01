namespace Engine.Mbufs.Bench;

/// <summary>
/// One kind of work that the engine and its peers do alike, and how long the engine may take for it, as a share of DPDK's time.
/// </summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Description">What is done, counted once for each packet.</param>
/// <param name="Must">The most that is accepted; null for a work without a budget.</param>
/// <param name="Goal">What is aimed at.</param>
internal sealed partial record Work(string Name, string Description, double? Must = null, double? Goal = null)
{
    /// <summary>Packets of a burst.</summary>
    public const int Burst = 32;

    /// <summary>
    /// Bursts go round a page of handles, a line further each time: whether one place of them shares its lower 12 bits with the
    /// packets' headers is chance, and costs a fifth.
    /// </summary>
    public const int PlaceStep = 8;

    /// <summary>Places of a burst in that page.</summary>
    public const int Places = 64;

    /// <summary>Packets of the arena, or pool, in works that have few of them out.</summary>
    public const int PacketsFew = 65_536;

    /// <summary>Packets that caches may hold back, beside what is in flight.</summary>
    public const int PacketsSpare = 1024;

    /// <summary>Packets of the arena between two cores.</summary>
    public const int PacketsHandedOver = 8192;

    /// <summary>Packets that the ring between two cores holds.</summary>
    public const int Ring = 1024;

    /// <summary>Bytes of the header that is prepended and trimmed.</summary>
    public const int HeaderLength = 14;

    /// <summary>Bytes written into a packet.</summary>
    public const int PayloadLength = 64;

    /// <summary>Bytes of a full packet.</summary>
    public const int FullLength = 1500;

    /// <summary>Segments of a packet of several.</summary>
    public const int Segments = 4;

    /// <summary>Bytes of each of its segments, if it is full.</summary>
    public const int SegmentLength = FullLength / Segments;

    /// <summary>Bytes of each of the two segments that come apart and together again.</summary>
    public const int HalfLength = FullLength / 2;

    /// <summary>Bytes of Ethernet, IPv4 and TCP headers, and where a border lies between them.</summary>
    public const int ParsedLength = 54;

    /// <inheritdoc cref="ParsedLength"/>
    public const int ParsedFirst = 30;

    /// <summary>Bytes of the first segment of the packet that is fragmented, with its header.</summary>
    public const int FragmentedFirst = 1400;

    /// <summary>Bytes of each of the two segments behind it.</summary>
    public const int FragmentedNext = 1300;

    /// <summary>What its fragments are to fit into.</summary>
    public const int FragmentMtu = 1500;

    private const long BytesOfPacket = 2816;

    /// <summary>The name without the number in it: works of one family differ in size only.</summary>
    public string Family { get; init; } = Name;

    /// <summary>Packets in flight, or segments; 0 where the work has no such number.</summary>
    public int Number { get; init; }

    /// <summary>The smallest work of the family, whose time shows how cost grows; null for that itself.</summary>
    public string? Smallest { get; init; }

    /// <summary>Cores that it takes.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>About how much memory each side takes, with headers, rings and pages that are not full.</summary>
    public long MemoryBytes => BytesOfPacket * ((2L * PacketsFew) + (IsInFlight ? Number : 0));

    /// <summary>Whether many packets are out at a time.</summary>
    public bool IsInFlight => Family is "inflight" or "inflight-write64";

    /// <summary>The work of a name.</summary>
    public static Work Find(string name)
        => All.FirstOrDefault(work => work.Name == name)
            ?? throw new UsageException($"There is no work '{name}': {string.Join(", ", All.Select(work => work.Name))}.");
}
