using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// A small arena for every test, and the proof after every test that each arena it made is consistent and that nothing in it is live.
/// </summary>
public abstract class MbufFixture(ArenaKind kind)
{
    private readonly List<MbufArena> _arenas = [];
    private readonly List<Mbuf> _kept = [];

    protected MbufFixture()
        : this(ArenaKind.All[0])
    {
    }

    protected ArenaKind Kind { get; } = kind;

    protected MbufArena Arena { get; private set; } = null!;

    [SetUp]
    public void Reserve_an_arena() => Arena = Reserve();

    [TearDown]
    public void Every_arena_ends_audited_with_nothing_live()
    {
        try
        {
            foreach (MbufArena arena in _arenas.Where(static arena => !arena.IsDisposed))
            {
                if (arena == Arena)
                {
                    using MbufScope mbufs = arena.Enter();
                    mbufs.Free(_kept.ToArray());
                }

                arena.Audit().ThrowIfInconsistent();
                Assert.That(arena.LiveMbufs, Is.Zero, "Mbufs that the test left live.");
                if (Kind.Clears)
                {
                    Contents.AssertGone(arena);
                }
            }
        }
        finally
        {
            Arena.Dispose();
            _arenas.ForEach(static arena => arena.Dispose());
            _arenas.Clear();
            _kept.Clear();
        }
    }

    /// <summary>The arena of each test: small, unless a fixture needs another.</summary>
    protected virtual MbufArena Reserve() => NewArena(mbufs: 256, clusters: 64, pages: 8, jumbo9: 4, jumbo16: 8);

    /// <summary>Another arena of the fixture's kind; audited and disposed with the first.</summary>
    protected MbufArena NewArena(int mbufs, int clusters = 0, int pages = 0, int jumbo9 = 0, int jumbo16 = 0, TimeProvider? time = null)
    {
        var arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = mbufs,
            Clusters = clusters,
            PageClusters = pages,
            Jumbo9Clusters = jumbo9,
            Jumbo16Clusters = jumbo16,
            Headroom = Kind.Headroom,
            Checked = Kind.Checked,
            ClearOnFree = Kind.Clears,
            Caches = 4,
            HugePages = false,
            TimeProvider = time ?? TimeProvider.System,
        });
        _arenas.Add(arena);
        return arena;
    }

    protected static byte[] Pattern(int length, int seed = 1) => BytePattern.Of(length, seed);

    /// <summary>A packet of the fixture's arena with a given layout.</summary>
    protected MbufChain Build(in MbufScope mbufs, byte[] content, params Segment[] layout)
        => ChainBuilder.Build(mbufs, _kept, header: true, content, layout);

    /// <summary>A chain without packet header.</summary>
    protected MbufChain BuildPlain(in MbufScope mbufs, byte[] content, params Segment[] layout)
        => ChainBuilder.Build(mbufs, _kept, header: false, content, layout);

    /// <summary>A packet of one 2 KiB cluster.</summary>
    protected static MbufChain Packet(in MbufScope mbufs, ReadOnlySpan<byte> content)
    {
        MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.TryAppend(content));
        return packet;
    }

    /// <summary>Frees the packets that share the segments built so far.</summary>
    protected void FreePartners(in MbufScope mbufs)
    {
        mbufs.Free(_kept.ToArray());
        _kept.Clear();
    }

    /// <summary>A handle of a chain that stays in use: what only a test may make, to free what a closed scope left behind.</summary>
    private protected static Mbuf HandleOf(MbufChain chain)
        => new(chain.Cache.Hot.FirstSlot + chain.Index, chain.VerifiedHead().Generation);
}
