using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>One library's way to do one work, in this process.</summary>
internal interface ISide : IDisposable
{
    /// <summary>
    /// The repetitions of the work, ready to be run, after its results were found right once; null if the side does not do it.
    /// </summary>
    Repetitions? Prepare();
}

/// <summary>A library on .NET that does some of the works, by its name in results.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="Create">Makes it ready for one work.</param>
/// <param name="Summary">What it is, and what it lacks, for the help page.</param>
internal sealed record Side(string Name, Func<Operation, ISide> Create, string Summary)
{
    /// <summary>The engine itself.</summary>
    public static Side Engine { get; } = new("engine", static work => new EngineSide(work), "the engine");

    /// <summary>Its peers, in the order of the help page. Each does the works in which the comparison is honest.</summary>
    public static IReadOnlyList<Side> Peers { get; } =
    [
        new(
            PeerNames.ArrayPool,
            static work => new BufferSide<ArrayBuffer>(work),
            "ArrayPool<byte>.Shared: no header, headroom, chain or sharing; arrays are garbage-collected"),
        new(
            PeerNames.MemoryPool,
            static work => new BufferSide<MemoryBuffer>(work),
            "MemoryPool<byte>.Shared: the same, and an object for each buffer"),
        new(
            PeerNames.NativeMemory,
            static work => new BufferSide<NativeBuffer>(work),
            "NativeMemory (malloc): the same as arraypool without a collector, and nothing is checked"),
        new(
            PeerNames.Toolkit,
            static work => new ToolkitSide(work),
            "CommunityToolkit.HighPerformance: SpanOwner<byte>, in burst32 MemoryOwner<byte>; as arraypool"),
        new(
            PeerNames.Pipe,
            static work => new PipeSide(work),
            "System.IO.Pipelines.Pipe, written and read back: one stream, no packets, headroom or sharing"),
        new(
            PeerNames.Sequence,
            static work => new SequenceSide(work),
            "ReadOnlySequence<byte> over arraypool: an object for each segment, read-only, nobody owns it"),
        new(
            PeerNames.MemoryCopy,
            static work => new CopySide(work),
            "the copying alone, by Span.CopyTo: a limit; in flight, to as many places in a shuffled order"),
        new(
            PeerNames.Bandwidth,
            static work => new BandwidthSide(work),
            "as many bytes written in a row, going round a region as large as the pool: a limit"),
        new(
            PeerNames.Vector,
            static work => new VectorSide(work),
            "32 bytes loaded and added at a time, nothing else: a checksum at 0.7 of its speed has a ratio of 1.43"),
    ];

    /// <summary>Whether it does a work.</summary>
    public bool Does(Operation work) => this == Engine || work.Peers.Contains(Name);

    /// <summary>The side of a name.</summary>
    public static Side Find(string name)
        => Peers.Prepend(Engine).FirstOrDefault(side => side.Name == name)
            ?? throw new UsageException($"There is no side '{name}': {Names}.");

    private static string Names => string.Join(", ", Peers.Prepend(Engine).Select(side => side.Name));
}

/// <summary>
/// A work done by the engine, as its users would: default options but for the number of packets, every check on, one scope for
/// each repetition as for each turn of an event loop.
/// </summary>
internal sealed class EngineSide(Operation work) : ISide
{
    private readonly Operation _work = work;
    private readonly OpenOperation _open = work.OpenBesidePeers();

    /// <summary>Packets that are not free.</summary>
    public int LiveMbufs => _open.LiveMbufs;

    public Repetitions? Prepare() => _open.IsRight()
        ? new Repetitions(_open.Run, _work.Packets, _open.Setting.Partner)
        : throw new BenchException("The engine's results are wrong.");

    /// <summary>Ends the other thread, if there is one, and frees what is held.</summary>
    public void Release() => _open.Setting.Release();

    public void Dispose() => _open.Dispose();
}
