namespace Engine.Mbufs;

/// <summary>
/// How one reservation is divided. Every limit of the options is summed here, one addend a line; the result never changes.
/// </summary>
internal sealed class ArenaLayout
{
    public const int ZoneCount = (int)ZoneId.Packet + 1;

    /// <summary>Items of a full magazine.</summary>
    public const int MagazineCapacity = 64;

    /// <summary>Bytes of a magazine: a line of its own and 8 bytes for each item.</summary>
    public const int MagazineSize = CacheLine + (MagazineCapacity * sizeof(ulong));

    private const int CacheLine = 64;

    public ArenaLayout(MbufArenaOptions options)
    {
        Limits =
        [
            Validate(nameof(options.Mbufs), options.Mbufs, 1, MostItems),
            .. ClusterKind.All.Select(kind => Validate(kind.Option, kind.Limit(options), 0, MostItems)),
            Validate(nameof(options.ExternalStorages), options.ExternalStorages, 0, MostItems),
            Math.Min(options.Mbufs, options.Clusters),
        ];
        ArgumentNullException.ThrowIfNull(options.TimeProvider);
        ValidateInterval(nameof(options.WarningInterval), options.WarningInterval);
        ValidateInterval(nameof(options.ReclaimInterval), options.ReclaimInterval);
        Headroom = Validate(nameof(options.Headroom), options.Headroom, 0, 4096);
        Caches = Validate(nameof(options.Caches), options.Caches, 1, 4096);
        PacketShare = Validate(nameof(options.Packets), options.Packets ?? options.Clusters, 0, int.MaxValue);

        long end = 0;
        Reserve(ref end, (Limits[0] + 1L) * MbufSizes.HeaderSize); // headers, with the null header in front
        long internalStart = Reserve(ref end, (Limits[0] + 1L) * MbufSizes.InternalSize);
        ColdStart = Reserve(ref end, (Limits[0] + 1L) * MbufSizes.HeaderSize);
        MagazineCount = CountMagazines();
        MagazinesStart = Reserve(ref end, (MagazineCount + 1L) * MagazineSize); // magazine 0 stands for none
        CountsStart = Reserve(ref end, CountOfStorages() * RawMemory.CountStride);
        Storages = new StorageLayout[(int)ZoneId.External + 1];
        Storages[0] = new StorageLayout(internalStart, MbufSizes.InternalSize, MbufSizes.InternalSize, 0, 0);
        LayOutClusters(ref end);
        Length = end;
    }

    /// <summary>Most items of one zone: what a 24-bit index can name, apart from null.</summary>
    public static int MostItems => (1 << Mbuf.IndexBits) - 2;

    /// <summary>
    /// Most items of each zone, by <see cref="ZoneId"/>. Of pairs there can be no more than there are of either part.
    /// </summary>
    public int[] Limits { get; }

    /// <summary>By <see cref="ZoneId"/>.</summary>
    public StorageLayout[] Storages { get; }

    public int Headroom { get; }

    public int Caches { get; }

    /// <summary>Most pairs that the packet zone's depot keeps.</summary>
    public int PacketShare { get; }

    /// <summary>
    /// Enough that an empty magazine is always to be had: full ones hold distinct items, each zone has one partial one for its
    /// depot and one for what is retired, and each cache two a zone and a third while it exchanges.
    /// </summary>
    public int MagazineCount { get; }

    /// <summary>Where the cold lines of the headers are.</summary>
    public long ColdStart { get; }

    public long MagazinesStart { get; }

    public long CountsStart { get; }

    /// <summary>Bytes of the whole reservation.</summary>
    public long Length { get; }

    private static int Validate(string name, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"MbufArenaOptions.{name} must be from {least} to {most}.");

    private static void ValidateInterval(string name, TimeSpan value)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                name, value, $"MbufArenaOptions.{name} must be zero or more, or Timeout.InfiniteTimeSpan for once and never again.");
        }
    }

    private static long Reserve(ref long end, long length)
    {
        long start = end;
        end = checked(end + ((length + CacheLine - 1) / CacheLine * CacheLine));
        return start;
    }

    private int CountMagazines()
    {
        long count = (3L * ZoneCount * Caches) + (2L * ZoneCount);
        foreach (int limit in Limits)
        {
            count += (limit / MagazineCapacity) + 1;
        }

        return checked((int)count);
    }

    private long CountOfStorages()
    {
        long count = 0;
        for (int kind = 1; kind <= (int)ZoneId.External; kind++)
        {
            count += Limits[kind];
        }

        return count;
    }

    private void LayOutClusters(ref long end)
    {
        long firstCount = 0;
        foreach (ClusterKind kind in ClusterKind.All)
        {
            int limit = Limits[(int)kind.Zone];
            int capacity = (int)kind.Size + Headroom;
            int lines = (capacity + CacheLine - 1) / CacheLine;
            int stride = (lines | 1) * CacheLine;
            long start = Reserve(ref end, checked((long)stride * limit));
            Storages[(int)kind.Zone] = new StorageLayout(start, stride, capacity, Headroom, firstCount);
            firstCount += limit;
        }

        // External storage lies anywhere: only its records, in the place of a count, are ours.
        Storages[(int)ZoneId.External] = new StorageLayout(0, 0, 0, 0, firstCount);
    }
}

/// <summary>Where the storage of one kind lies: a slab of equal strides. Offsets and sizes in bytes.</summary>
/// <param name="Start">Offset of storage 0 from the arena's base.</param>
/// <param name="Stride">Distance of one storage to the next, an odd number of cache lines, so that equal offsets in different
/// clusters fall on different cache sets.</param>
/// <param name="Capacity">Usable bytes of one storage, headroom included.</param>
/// <param name="Headroom">Where the data of a fresh storage starts.</param>
/// <param name="FirstCount">Ordinal of storage 0 among the reference counts; without meaning for internal storage.</param>
internal readonly record struct StorageLayout(long Start, int Stride, int Capacity, int Headroom, long FirstCount)
{
    /// <summary>Bytes that fit behind the headroom.</summary>
    public int Size => Capacity - Headroom;

    public long StartOf(uint storage) => Start + ((long)storage * Stride);
}
