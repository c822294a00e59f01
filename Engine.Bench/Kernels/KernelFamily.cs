namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Kernels that belong together: one file here, one table of <c>micro</c>.</summary>
/// <param name="Name">What <c>micro</c> calls its table.</param>
/// <param name="Kernels">Its kernels, in the order of the tables.</param>
internal sealed record KernelFamily(string Name, params IReadOnlyList<Kernel> Kernels)
{
    /// <summary>Every family that this system can run, in the order of the tables.</summary>
    public static IReadOnlyList<KernelFamily> All { get; } =
    [
        AllocateKernels.Family,
        BurstKernels.Family,
        GrowKernels.Family,
        TrimKernels.Family,
        ContiguousKernels.Family,
        CopyKernels.Family,
        ShareKernels.Family,
        SplitKernels.Family,
        ExternalKernels.Family,
        TagKernels.Family,
        QueueKernels.Family,
        HandleKernels.Family,
        HeaderFieldKernels.Family,
        InspectKernels.Family,
        ReadWriteKernels.Family,
        ChecksumKernels.Family,
        OffloadKernels.Family,
        ParseKernels.Family,
        SegmentationKernels.Family,
        ReassemblyKernels.Family,
        .. OperatingSystem.IsLinux() ? [SocketKernels.Family] : Array.Empty<KernelFamily>(),
    ];

    /// <summary>Every kernel of every family.</summary>
    public static IEnumerable<Kernel> AllKernels => All.SelectMany(static family => family.Kernels);

    /// <summary>The kernel of a name.</summary>
    public static Kernel Find(string name)
        => AllKernels.FirstOrDefault(kernel => kernel.Name == name)
            ?? throw new UsageException(
                $"There is no kernel '{name}': {string.Join(", ", AllKernels.Select(static kernel => kernel.Name))}.");
}
