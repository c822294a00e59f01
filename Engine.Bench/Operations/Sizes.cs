using System.Globalization;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>Numbers that the engine and its peers must have in common, in C, too: what they do is the same.</summary>
internal static class Sizes
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

    /// <summary>What an operation of a series is called.</summary>
    public static string Name(string series, int number) => string.Create(CultureInfo.InvariantCulture, $"{series}-{number}");

    /// <summary>A number as a text has it.</summary>
    public static string Digits(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What peers are called on the command line and in results.</summary>
internal static class PeerNames
{
    public const string Dpdk = "dpdk";
    public const string DpdkByHand = "dpdk-by-hand";
    public const string ArrayPool = "arraypool";
    public const string MemoryPool = "memorypool";
    public const string NativeMemory = "nativememory";
    public const string Toolkit = "toolkit";
    public const string Pipe = "pipe";
    public const string Sequence = "sequence";
    public const string MemoryCopy = "memcpy";
    public const string Bandwidth = "bandwidth";
    public const string Vector = "vector";
    public const string Self = "self";

    /// <summary>The engine of another checkout, which is there when it is asked for.</summary>
    public const string Before = "before";

    /// <summary>All of them, in the order of the tables.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Dpdk, DpdkByHand, ArrayPool, MemoryPool, NativeMemory, Toolkit, Pipe, Sequence, MemoryCopy, Bandwidth, Vector, Self,
        Before,
    ];

    /// <summary>Those that rent and return a buffer where the engine allocates and frees a packet, and DPDK.</summary>
    public static IReadOnlyList<string> Pools { get; } = [Dpdk, ArrayPool, MemoryPool, NativeMemory, Toolkit];

    /// <summary>The name, if there is such a peer.</summary>
    public static string Find(string name)
        => All.Contains(name) ? name : throw new UsageException($"There is no peer '{name}': {string.Join(", ", All)}.");
}
