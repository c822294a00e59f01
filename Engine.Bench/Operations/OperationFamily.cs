namespace Engine.Mbufs.Bench.Operations;

/// <summary>Operations that belong together, and the registry of all of them.</summary>
internal sealed class OperationFamily
{
    private readonly Func<IReadOnlyList<Operation>> _operations;

    private OperationFamily(string name, Func<IReadOnlyList<Operation>> operations)
    {
        Name = name;
        _operations = operations;
    }

    /// <summary>Every family that this system can run, in the order of the tables.</summary>
    public static IReadOnlyList<OperationFamily> All { get; } =
    [
        new("AllocateFree", static () => AllocateOperations.All),
        new("Burst", static () => BurstOperations.All),
        new("Flight", static () => FlightOperations.All),
        new("Pipeline", static () => PipelineOperations.All),
        new("Grow", static () => GrowOperations.All),
        new("Long", static () => LongOperations.All),
        new("Trim", static () => TrimOperations.All),
        new("Contiguous", static () => ContiguousOperations.All),
        new("Copy", static () => CopyOperations.All),
        new("Share", static () => ShareOperations.All),
        new("Split", static () => SplitOperations.All),
        new("External", static () => ExternalOperations.All),
        new("Tags", static () => TagOperations.All),
        new("Queue", static () => QueueOperations.All),
        new("Handle", static () => HandleOperations.All),
        new("HeaderFields", static () => HeaderFieldOperations.All),
        new("Inspect", static () => InspectOperations.All),
        new("ReadWrite", static () => ReadWriteOperations.All),
        new("Checksum", static () => ChecksumOperations.All),
        new("Offload", static () => OffloadOperations.All),
        new("Parse", static () => ParseOperations.All),
        new("Segmentation", static () => SegmentationOperations.All),
        new("Reassembly", static () => ReassemblyOperations.All),
        new("Socket", static () => OperatingSystem.IsLinux() ? SocketOperations.All : []),
    ];

    /// <summary>Every operation that <c>gate</c> counts and <c>micro</c> times.</summary>
    public static IEnumerable<Operation> Counted
        => All.SelectMany(static family => family.Operations).Where(static operation => operation.IsCounted);

    /// <summary>Every operation that <c>versus</c> compares.</summary>
    public static IReadOnlyList<Operation> Compared { get; }
        = [.. All.SelectMany(static family => family.Operations).Where(static operation => operation.Peers.Count > 0)];

    /// <summary>What <c>micro</c> calls it.</summary>
    public string Name { get; }

    /// <summary>Its operations, in the order of the tables. Made when asked for: a counted process needs no others.</summary>
    public IReadOnlyList<Operation> Operations => _operations();

    /// <summary>The counted operation of a name.</summary>
    public static Operation FindCounted(string name) => Find(Counted, "kernel", name);

    /// <summary>The compared operation of a name: an operation of <c>gate</c> may have the same.</summary>
    public static Operation FindCompared(string name) => Find(Compared, "work", name);

    /// <summary>The family of a name.</summary>
    public static OperationFamily Find(string name)
        => All.FirstOrDefault(family => family.Name == name)
            ?? throw new UsageException(
                $"There is no family '{name}': {string.Join(", ", All.Select(static family => family.Name))}.");

    /// <summary>The family that an operation belongs to.</summary>
    public static OperationFamily Of(Operation operation) => All.First(family => family.Operations.Contains(operation));

    private static Operation Find(IEnumerable<Operation> operations, string kind, string name)
        => operations.FirstOrDefault(operation => operation.Name == name)
            ?? throw new UsageException(
                $"There is no {kind} '{name}': {string.Join(", ", operations.Select(static operation => operation.Name))}.");
}
