namespace Engine.Mbufs.Bench.Report;

/// <summary>The machine as a file describes it; what it does not say is left out.</summary>
internal sealed record ResultMachine(
    string? Processor = null,
    int? Cores = null,
    long? MemoryBytes = null,
    string? Runtime = null,
    string? InstructionSet = null,
    string? OperatingSystem = null,
    string? TransparentHugePages = null,
    string? Date = null)
{
    /// <summary>All of it on one line.</summary>
    public override string ToString() => string.Join(", ", Facts().OfType<string>());

    private IEnumerable<string?> Facts()
    {
        yield return Processor;
        yield return Cores is int cores ? $"{Figure.Whole(cores)} {(cores == 1 ? "core" : "cores")}" : null;
        yield return MemoryBytes is long bytes ? Figure.Fixed(bytes / (double)(1L << 30), 0) + " GiB" : null;
        yield return Runtime;
        yield return InstructionSet;
        yield return OperatingSystem;
        yield return TransparentHugePages is null ? null : "huge pages: " + TransparentHugePages;
        yield return Date;
    }
}
