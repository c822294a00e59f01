namespace Engine.Mbufs.Bench.Measure;

/// <summary>A library on .NET that does some of the works, by its name in results.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Create">Makes it ready for one work.</param>
/// <param name="Works">The works that it does, or families of works; null for all.</param>
/// <param name="Summary">What it is, and what it lacks, for the help page.</param>
internal sealed record Side(string Name, Func<Work, ISide> Create, string[]? Works, string Summary)
{
    // What can be done with buffers that are rented and returned.
    private static readonly string[] s_ofBuffers =
    [
        "alloc-free", "burst32", "inflight-1024", "inflight-65536", "inflight-65536-write64", "copy-1500", "handoff-burst32",
    ];

    /// <summary>The engine itself.</summary>
    public static Side Engine { get; } = new("engine", static work => new EngineSide(work), null, "the engine");

    /// <summary>Its peers, in the order of the help page. Each does the works in which the comparison is honest.</summary>
    public static IReadOnlyList<Side> Peers { get; } =
    [
        new(
            "arraypool",
            static work => new BufferSide<ArrayBuffer>(work),
            s_ofBuffers,
            "ArrayPool<byte>.Shared: no header, headroom, chain or sharing; arrays are garbage-collected"),
        new(
            "memorypool",
            static work => new BufferSide<MemoryBuffer>(work),
            ["alloc-free", "burst32", "inflight-1024", "copy-1500", "handoff-burst32"],
            "MemoryPool<byte>.Shared: the same, and an object for each buffer"),
        new(
            "nativememory",
            static work => new BufferSide<NativeBuffer>(work),
            s_ofBuffers,
            "NativeMemory (malloc): the same as arraypool without a collector, and nothing is checked"),
        new(
            "toolkit",
            static work => new ToolkitSide(work),
            ["alloc-free", "burst32", "copy-1500"],
            "CommunityToolkit.HighPerformance: SpanOwner<byte>, in burst32 MemoryOwner<byte>; as arraypool"),
        new(
            "pipe",
            static work => new PipeSide(work),
            ["chain4", "copy-1500"],
            "System.IO.Pipelines.Pipe, written and read back: one stream, no packets, headroom or sharing"),
        new(
            "sequence",
            static work => new SequenceSide(work),
            ["chain4", "chain4-linearize", "copy-out-1500x4", "parse-54x2"],
            "ReadOnlySequence<byte> over arraypool: an object for each segment, read-only, nobody owns it"),
        new(
            "memcpy",
            static work => new CopySide(work),
            ["copy-1500", "chain4-linearize", "copy-out-1500x4", "inflight-write64"],
            "the copying alone, by Span.CopyTo: a limit; in flight, to as many places in a shuffled order"),
        new(
            "bandwidth",
            static work => new BandwidthSide(work),
            ["inflight-write64"],
            "as many bytes written in a row, going round a region as large as the pool: a limit"),
        new(
            "vector",
            static work => new VectorSide(work),
            ["checksum-65536"],
            "32 bytes loaded and added at a time, nothing else: a checksum at 0.7 of its speed has a ratio of 1.43"),
    ];

    /// <summary>Whether it does a work.</summary>
    public bool Does(Work work) => Works is null || Works.Contains(work.Name) || Works.Contains(work.Family);

    /// <summary>The side of a name.</summary>
    public static Side Find(string name)
        => Peers.Prepend(Engine).FirstOrDefault(side => side.Name == name)
            ?? throw new UsageException($"There is no side '{name}': {Names}.");

    private static string Names => string.Join(", ", Peers.Prepend(Engine).Select(side => side.Name));
}
