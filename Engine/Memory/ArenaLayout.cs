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
        var faults = new OptionFaults(nameof(MbufArenaOptions));
        Headroom = faults.Check(nameof(options.Headroom), options.Headroom, 0, 4096);
        Caches = faults.Check(nameof(options.Caches), options.Caches, 1, 4096);
        Limits = ArenaLimits.Of(options, faults);
        PacketShare = options.Packets is int packets ? faults.Check(nameof(options.Packets), packets, 0, int.MaxValue) : Limits[(int)ZoneId.Cluster];
        faults.CheckNotNull(nameof(options.TimeProvider), options.TimeProvider);
        CheckInterval(faults, nameof(options.WarningInterval), options.WarningInterval);
        CheckInterval(faults, nameof(options.ReclaimInterval), options.ReclaimInterval);
        faults.ThrowIfAny();

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

    /// <summary>Bytes from one cluster to the next: an odd number of cache lines.</summary>
    public static int StrideOf(ClusterKind kind, int headroom)
    {
        int lines = ((int)kind.Size + headroom + CacheLine - 1) / CacheLine;
        return (lines | 1) * CacheLine;
    }

    private static void CheckInterval(OptionFaults faults, string name, TimeSpan value) => faults.Check(
        name,
        value,
        value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan,
        "zero or more, or Timeout.InfiniteTimeSpan for once and never again");

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
            int stride = StrideOf(kind, Headroom);
            long start = Reserve(ref end, checked((long)stride * limit));
            Storages[(int)kind.Zone] = new StorageLayout(start, stride, capacity, Headroom, firstCount);
            firstCount += limit;
        }

        // External storage lies anywhere: only its records, in the place of a count, are ours.
        Storages[(int)ZoneId.External] = new StorageLayout(0, 0, 0, 0, firstCount);
    }
}

/// <summary>The limits of all zones: those that the options give, and the others in proportion to each other.</summary>
internal static class ArenaLimits
{
    /// <summary>Mbufs where neither a limit nor memory is given.</summary>
    private const int DefaultMbufs = 65_536;

    private const int ExternalShare = 8;

    /// <summary>By <see cref="ZoneId"/>, the pairs last.</summary>
    public static int[] Of(MbufArenaOptions options, OptionFaults faults)
    {
        int?[] given =
        [
            Check(faults, nameof(options.Mbufs), options.Mbufs, 1),
            .. ClusterKind.All.Select(kind => Check(faults, kind.Option, kind.Limit(options), 0)),
            Check(faults, nameof(options.ExternalStorages), options.ExternalStorages, 0),
        ];
        int mbufs = options.Memory is long memory ? Fit(memory, given, options.Headroom, faults) : DefaultMbufs;
        int[] limits = For(mbufs, given);
        return [.. limits, Math.Min(limits[(int)ZoneId.Mbuf], limits[(int)ZoneId.Cluster])];
    }

    private static int? Check(OptionFaults faults, string option, int? value, int least)
    {
        if (value is not int number)
        {
            return null;
        }

        // A wrong one is not given, so that it is not wrong a second time, by what it would come to.
        return faults.Check(option, number, least, ArenaLayout.MostItems) >= least && number <= ArenaLayout.MostItems ? number : null;
    }

    /// <summary>The most mbufs with which everything fits into the memory; the fewest if nothing does, which is a fault.</summary>
    private static int Fit(long memory, int?[] given, int headroom, OptionFaults faults)
    {
        int fewest = given[(int)ZoneId.Cluster] is null ? (ClusterKind.ShareUnit + ClusterKind.Of(ZoneId.Cluster).Share - 1) / ClusterKind.Of(ZoneId.Cluster).Share : 1;
        long least = BytesOf(For(fewest, given), headroom);
        if (memory < least)
        {
            faults.Add(
                nameof(MbufArenaOptions.Memory),
                memory,
                $"{nameof(MbufArenaOptions)}.{nameof(MbufArenaOptions.Memory)} must be {least} bytes or more: so much do the limits take that are given, and one packet");
            return fewest;
        }

        int fits = fewest;
        int tooMany = ArenaLayout.MostItems + 1;
        while (tooMany - fits > 1)
        {
            int mbufs = fits + ((tooMany - fits) / 2);
            if (BytesOf(For(mbufs, given), headroom) <= memory)
            {
                fits = mbufs;
            }
            else
            {
                tooMany = mbufs;
            }
        }

        return fits;
    }

    /// <summary>The limits that are given, and the others as their share of a number of mbufs.</summary>
    private static int[] For(int mbufs, int?[] given)
    {
        int[] shares = [ClusterKind.ShareUnit, .. ClusterKind.All.Select(static kind => kind.Share), ExternalShare];
        return [.. given.Zip(shares, (limit, share) => limit ?? (int)((long)mbufs * share / ClusterKind.ShareUnit))];
    }

    private static long BytesOf(int[] limits, int headroom)
    {
        long bytes = (long)limits[(int)ZoneId.Mbuf] * ((2 * MbufSizes.HeaderSize) + MbufSizes.InternalSize);
        foreach (ClusterKind kind in ClusterKind.All)
        {
            bytes += (long)limits[(int)kind.Zone] * (ArenaLayout.StrideOf(kind, headroom) + RawMemory.CountStride);
        }

        return bytes + ((long)limits[(int)ZoneId.External] * RawMemory.CountStride);
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
