namespace Engine.Mbufs;

/// <summary>
/// Checked mode's detour of freed items: their storage is overwritten with a pattern and they wait in a ring before they can be
/// allocated again. Whoever still writes through an old span spoils the pattern, which is found when the item leaves; whoever
/// reads sees the pattern.
/// </summary>
/// <remarks>Guarded by the arena's gate. Memory: 8 bytes for each place in the ring, allocated once.</remarks>
internal sealed class Quarantine(MbufArena arena)
{
    /// <summary>What freed storage is filled with: unlike zero, small numbers, text and plausible lengths.</summary>
    internal const byte Poison = 0xD9;

    private readonly (ZoneId Zone, uint Item)[] _ring = new (ZoneId, uint)[Math.Min(1024, arena.Layout.Limits[(int)ZoneId.Mbuf])];
    private readonly int[] _counts = new int[ArenaLayout.ZoneCount];
    private int _oldest;
    private int _count;

    /// <summary>The first finding that nobody was told of yet.</summary>
    private string? _finding;

    /// <summary>Items of a zone that are in quarantine.</summary>
    public int Count(ZoneId zone) => _counts[(int)zone];

    /// <summary>Takes a freed item in; if the ring is full, the oldest goes to the cache's magazines.</summary>
    public void Admit(ThreadCache cache, ZoneId zone, uint item)
    {
        lock (arena.Gate)
        {
            Fill(zone, item);
            bool full = _count == _ring.Length;
            (ZoneId Zone, uint Item) released = full ? Remove() : default;
            _ring[(_oldest + _count) % _ring.Length] = (zone, item);
            _count++;
            _counts[(int)zone]++;
            if (full)
            {
                Check(released.Zone, released.Item);
                cache.PushOrRest(released.Zone, released.Item);
            }
        }
    }

    /// <summary>The arena is exhausted: everything goes back to the cache's magazines.</summary>
    public void ReleaseAll(ThreadCache cache)
    {
        while (_count > 0)
        {
            (ZoneId zone, uint item) = Remove();
            Check(zone, item);
            cache.PushOrRest(zone, item);
        }
    }

    /// <summary>A limit is lowered: everything goes to the depot.</summary>
    /// <param name="cache">Any cache of the arena; its magazines are not touched.</param>
    public void ReleaseToDepot(ThreadCache cache)
    {
        while (_count > 0)
        {
            (ZoneId zone, uint item) = Remove();
            Check(zone, item);
            arena.PushLoose(cache, zone, item);
        }
    }

    /// <summary>
    /// Tells of the first item that was found spoiled. Found in the middle of an operation, told at a moment when nothing is
    /// half done: after a strict or bulk free, when an allocation found nothing, when a scope is entered, by an audit.
    /// </summary>
    /// <exception cref="MbufCorruptionException">Storage was written while it was free, and nobody was told yet.</exception>
    public void ThrowIfSpoiled()
    {
        if (Interlocked.Exchange(ref _finding, null) is { } finding)
        {
            throw new MbufCorruptionException(finding);
        }
    }

    /// <summary>The one who was told could do nothing with it: the next one is told, too.</summary>
    public void ReportAgain(string finding) => Interlocked.CompareExchange(ref _finding, finding, null);

    /// <summary>True if an item is in quarantine.</summary>
    public bool Holds(ZoneId zone, uint item) => Items().Contains((zone, item));

    /// <summary>Every item in quarantine, for the audit.</summary>
    public IEnumerable<(ZoneId Zone, uint Item)> Items()
    {
        for (int number = 0; number < _count; number++)
        {
            yield return _ring[(_oldest + number) % _ring.Length];
        }
    }

    private (ZoneId Zone, uint Item) Remove()
    {
        (ZoneId zone, uint item) = _ring[_oldest];
        _oldest = (_oldest + 1) % _ring.Length;
        _count--;
        _counts[(int)zone]--;
        return (zone, item);
    }

    /// <summary>Looks whether an item was written while it was here, and makes it as it was.</summary>
    private void Check(ZoneId zone, uint item)
    {
        int spoiled = FindSpoiled(zone, item);
        Fill(zone, item);
        if (spoiled >= 0)
        {
            _finding ??= $"Byte {spoiled} of a free {Describe(zone)} (number {item}) was written after it was freed: a span was used "
                + "after its packet was freed. The write happened before this moment, by any thread.";
        }
    }

    private void Fill(ZoneId zone, uint item)
    {
        arena.Memory.BufferOf(zone, item).Fill(Poison);
        arena.Memory.ClusterOf(zone, item).Fill(Poison);
    }

    /// <summary>
    /// The first byte that is not as it was filled, counted through the internal buffer and the cluster; -1 if all are.
    /// </summary>
    private int FindSpoiled(ZoneId zone, uint item)
    {
        Span<byte> buffer = arena.Memory.BufferOf(zone, item);
        int spoiled = buffer.IndexOfAnyExcept(Poison);
        if (spoiled < 0)
        {
            spoiled = arena.Memory.ClusterOf(zone, item).IndexOfAnyExcept(Poison);
            spoiled += spoiled < 0 ? 0 : buffer.Length;
        }

        return spoiled;
    }

    private static string Describe(ZoneId zone) => zone switch
    {
        ZoneId.Mbuf => "mbuf",
        ZoneId.Packet => "mbuf with cluster",
        _ => "cluster",
    };
}
