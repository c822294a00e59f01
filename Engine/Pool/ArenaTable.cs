namespace Engine.Mbufs;

/// <summary>
/// The 8-bit ids of the arenas that exist. The one that was used longest ago is taken first, so that a handle of a disposed arena
/// meets a foreign id rather than the next arena's memory for as long as can be.
/// </summary>
internal static class ArenaTable
{
    public const int MostArenas = 255;

    private static readonly Lock s_gate = new();
    private static readonly Queue<uint> s_free = new(Enumerable.Range(1, MostArenas).Select(id => (uint)id));

    /// <summary>By id: the first generation that none of its arenas has reached yet.</summary>
    private static readonly uint[] s_next = FirstGenerations();

    /// <summary>
    /// <c>Step</c>, of all arenas: odd, and large, so that it is neither guessed nor met by small numbers.
    /// </summary>
    public static uint GenerationStep { get; } = (uint)Random.Shared.NextInt64(1L << 24, (1L << 32) - (1L << 24)) | 1;

    private static readonly uint s_inverseStep = InverseOf(GenerationStep);

    /// <summary>An id that no living arena has, and where the generations of its mbufs start.</summary>
    /// <exception cref="InvalidOperationException">There are 255 arenas already.</exception>
    public static uint Register(out uint firstGeneration)
    {
        lock (s_gate)
        {
            if (!s_free.TryDequeue(out uint id))
            {
                throw new InvalidOperationException(
                    $"{MostArenas} arenas exist already, which is the limit. Dispose those that are no longer used, or share one.");
            }

            firstGeneration = s_next[id];
            return id;
        }
    }

    /// <summary>The id is free again.</summary>
    /// <param name="id">The id of an arena whose memory is gone.</param>
    /// <param name="nextGeneration">A generation that none of its mbufs has reached.</param>
    public static void Release(uint id, uint nextGeneration)
    {
        lock (s_gate)
        {
            s_next[id] = nextGeneration;
            s_free.Enqueue(id);
        }
    }

    /// <summary>How many changes lead from one generation to another: the difference, divided by the step modulo 2^32.</summary>
    public static uint ChangesBetween(uint first, uint generation) => (generation - first) * s_inverseStep;

    private static uint[] FirstGenerations()
        => [.. Enumerable.Range(0, MostArenas + 1).Select(static _ => (uint)Random.Shared.NextInt64(uint.MaxValue))];

    /// <summary>The inverse of an odd number modulo 2^32, by Newton's iteration, which doubles the right bits.</summary>
    private static uint InverseOf(uint odd)
    {
        uint inverse = odd; // Right in three bits.
        for (int right = 3; right < 32; right *= 2)
        {
            inverse *= 2 - (odd * inverse);
        }

        return inverse;
    }
}
