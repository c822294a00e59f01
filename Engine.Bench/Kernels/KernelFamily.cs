namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Kernels that belong together: one file here, one table of <c>micro</c>.</summary>
internal sealed class KernelFamily
{
    private readonly Func<IReadOnlyList<Kernel>> _kernels;

    private KernelFamily(string name, Func<IReadOnlyList<Kernel>> kernels)
    {
        Name = name;
        _kernels = kernels;
    }

    /// <summary>Every family that this system can run, in the order of the tables.</summary>
    public static IReadOnlyList<KernelFamily> All { get; } =
    [
        new("AllocateFree", static () => AllocateKernels.All),
        new("Burst", static () => BurstKernels.All),
        new("Grow", static () => GrowKernels.All),
        new("Trim", static () => TrimKernels.All),
        new("Contiguous", static () => ContiguousKernels.All),
        new("Copy", static () => CopyKernels.All),
        new("Share", static () => ShareKernels.All),
        new("Split", static () => SplitKernels.All),
        new("External", static () => ExternalKernels.All),
        new("Tags", static () => TagKernels.All),
        new("Queue", static () => QueueKernels.All),
        new("Handle", static () => HandleKernels.All),
        new("HeaderFields", static () => HeaderFieldKernels.All),
        new("Inspect", static () => InspectKernels.All),
        new("ReadWrite", static () => ReadWriteKernels.All),
        new("Checksum", static () => ChecksumKernels.All),
        new("Offload", static () => OffloadKernels.All),
        new("Parse", static () => ParseKernels.All),
        new("Segmentation", static () => SegmentationKernels.All),
        new("Reassembly", static () => ReassemblyKernels.All),
        new("Socket", static () => OperatingSystem.IsLinux() ? SocketKernels.All : []),
    ];

    /// <summary>Every kernel of every family.</summary>
    public static IEnumerable<Kernel> AllKernels => All.SelectMany(static family => family.Kernels);

    /// <summary>What <c>micro</c> calls its table.</summary>
    public string Name { get; }

    /// <summary>Its kernels, in the order of the tables. Made when asked for: a counted process needs no others.</summary>
    public IReadOnlyList<Kernel> Kernels => _kernels();

    /// <summary>The kernel of a name.</summary>
    public static Kernel Find(string name)
        => AllKernels.FirstOrDefault(kernel => kernel.Name == name)
            ?? throw new UsageException(
                $"There is no kernel '{name}': {string.Join(", ", AllKernels.Select(static kernel => kernel.Name))}.");

    /// <summary>The family of a name.</summary>
    public static KernelFamily FindFamily(string name)
        => All.FirstOrDefault(family => family.Name == name)
            ?? throw new UsageException(
                $"There is no family '{name}': {string.Join(", ", All.Select(static family => family.Name))}.");

    /// <summary>The family that a kernel belongs to.</summary>
    public static KernelFamily Of(Kernel kernel) => All.First(family => family.Kernels.Contains(kernel));
}
