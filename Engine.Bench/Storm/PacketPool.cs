namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// An arena for a number of packets, all of them carved and freed in a random order, with room for the handles of some of them.
/// </summary>
internal sealed class PacketPool : IDisposable
{
    // What the caches of a few threads may hold while one thread wants everything.
    private const int Spare = 1024;

    // Header, internal buffer, cold line, count, and the stride of a cluster with its headroom.
    private const long BytesEach = 64 + 192 + 64 + 64 + 2240;

    private readonly int _capacity;
    private readonly int _handles;
    private MbufArena? _arena;

    /// <param name="capacity">Packets that the arena has.</param>
    /// <param name="handles">Most of them that are out at a time.</param>
    public PacketPool(int capacity, int handles)
    {
        _capacity = capacity;
        _handles = handles;
    }

    public MbufArena Arena => _arena ?? throw new InvalidOperationException("The pool was not opened.");

    /// <summary>For the handles of what is out.</summary>
    public Mbuf[] Handles { get; private set; } = [];

    /// <summary>Bytes that are resident when all packets were written.</summary>
    public long ResidentBytes => (_capacity + Spare) * BytesEach;

    /// <summary>Reserves, carves and shuffles; the second call does nothing.</summary>
    public void Open()
    {
        if (_arena is not null)
        {
            return;
        }

        _arena = new MbufArena(new MbufArenaOptions { Mbufs = _capacity + Spare, Clusters = _capacity + Spare });
        var all = new Mbuf[_capacity];
        using MbufScope mbufs = _arena.Enter();
        Packets.Allocate(mbufs, all);
        Packets.FreeShuffled(mbufs, all);
        Handles = all.Length == _handles ? all : new Mbuf[_handles];
    }

    /// <summary>Takes all that may be out, writes a number into each, and finds it there again.</summary>
    /// <returns>How many did not hold theirs.</returns>
    public long CountWrong()
    {
        using MbufScope mbufs = Arena.Enter();
        Packets.Allocate(mbufs, Handles);
        Packets.Mark(mbufs, Handles, 0);
        return Packets.CheckAndFree(mbufs, Handles, 0);
    }

    public void Dispose() => _arena?.Dispose();
}
