namespace Engine.Mbufs.Bench.Versus;

/// <summary>Where and how long each process measures.</summary>
/// <param name="Core">The core of the measuring thread.</param>
/// <param name="SecondCore">The core of the other thread, in works of two; null if the process may use only one.</param>
/// <param name="Milliseconds">How long, after warming up.</param>
internal sealed record Placement(int Core, int? SecondCore, int Milliseconds)
{
    /// <summary>The last cores that this process may use: the first is where a system puts everything else.</summary>
    public static Placement OfThisProcess(int milliseconds)
    {
        IReadOnlyList<int> cores = Cores.Usable();
        return new Placement(cores[^1], cores.Count > 1 ? cores[^2] : null, milliseconds);
    }

    /// <summary>Why a work cannot be done here; null if it can.</summary>
    /// <param name="work">The work.</param>
    /// <param name="free">Bytes of memory that are to be had.</param>
    public string? Hinders(Work work, long free)
    {
        if (work.Cores > 1 && SecondCore is null)
        {
            return $"it takes {work.Cores} cores, and this process may use one";
        }

        return work.MemoryBytes <= free
            ? null
            : $"it takes {Megabytes(work.MemoryBytes)} MB of memory, and {Megabytes(free)} MB are free";
    }

    private static long Megabytes(long bytes) => bytes >> 20;
}
