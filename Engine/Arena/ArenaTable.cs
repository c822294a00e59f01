namespace Engine.Mbufs;

/// <summary>
/// The 8-bit ids of the arenas that exist. An id is reused as late as possible, so that a handle of a disposed arena meets a
/// foreign id rather than the next arena's memory for as long as can be.
/// </summary>
internal static class ArenaTable
{
    public const int MostArenas = 255;

    private static readonly Lock s_gate = new();
    private static readonly Queue<uint> s_free = new(Enumerable.Range(1, MostArenas).Select(id => (uint)id));
    private static uint s_created;

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

            // Arenas that get the same id start far apart, so that an old arena's handle meets another generation too.
            s_created++;
            firstGeneration = s_created * 0x9E37_79B9u;
            return id;
        }
    }

    public static void Release(uint id)
    {
        lock (s_gate)
        {
            s_free.Enqueue(id);
        }
    }
}
