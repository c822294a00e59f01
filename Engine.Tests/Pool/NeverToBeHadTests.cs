using System.Buffers;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// What all of the arena together cannot hold is refused at once: nothing is taken to find that out, no callback runs, and nothing
/// that could be granted is refused.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class NeverToBeHadTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Huge = 100 << 20;

    private static readonly byte[] s_huge = new byte[Huge];

    private static readonly (string Name, Func<MbufScope, MbufChain, bool> Attempt)[] s_verbs =
    [
        ("Duplicate", static (mbufs, chain) => Got(chain.Duplicate())),
        ("TryCopyFrom over all", static (mbufs, chain) => chain.TryCopyFrom(0, s_huge)),
        ("TryCopyFrom behind a gap", static (mbufs, chain) => chain.TryCopyFrom(2 * Huge, [1])),
        ("TryCopyFrom over the end", static (mbufs, chain) => chain.TryCopyFrom(Huge - 5, s_huge)),
        ("TryUnshare", static (mbufs, chain) => chain.TryUnshare()),
        ("TryMakeWritable", static (mbufs, chain) => chain.TryMakeWritable(0, MbufSizes.CopyAll)),
        ("TryTransform", static (mbufs, chain) => Transform(chain)),
        ("TryDefragment", static (mbufs, chain) => chain.TryDefragment()),
        ("TrySplitSegments", static (mbufs, chain) => chain.TrySplitSegments(2048)),
        ("TrySplitSegments into small ones", static (mbufs, chain) => chain.TrySplitSegments(100)),
        ("TryPullUp", static (mbufs, chain) => chain.TryPullUp(Huge + 1, out _)),
        ("TryCopyUp", static (mbufs, chain) => chain.TryCopyUp(Huge, 0, out _)),
        ("TryAppend", static (mbufs, chain) => chain.TryAppend(s_huge)),
        ("TryAddRoom", static (mbufs, chain) => chain.TryAddRoom(Huge)),
        ("writer over all", static (mbufs, chain) => chain.GetWriter().TryWrite(s_huge)),
        ("writer at the end", static (mbufs, chain) => WriteAtEnd(chain)),
        ("AllocatePacket", static (mbufs, chain) => Got(mbufs.AllocatePacket(Huge))),
        ("AllocatePacket without header", static (mbufs, chain) => Got(mbufs.AllocateChain(Huge))),
        ("AllocatePacketFrom", static (mbufs, chain) => Got(mbufs.AllocatePacketFrom(s_huge, 0, 0))),
        ("AllocatePacketFrom a sequence", static (mbufs, chain) => FromSequence(mbufs)),
        ("TryAllocatePackets", static (mbufs, chain) => mbufs.TryAllocatePackets(new Mbuf[1001])),
    ];

    [Test]
    public void It_is_refused_before_anything_is_taken([Range(0, 20)] int verb)
    {
        using var attachment = new Attachment(Huge);
        MbufArena arena = NewArena(mbufs: 1200, clusters: 1000, pages: 100, jumbo9: 100, jumbo16: 100);
        using IDisposable registration = arena.RegisterReclaim(static () => Assert.Fail("Called."));
        using MbufScope mbufs = arena.Enter();
        List<Mbuf> cached = Arenas.Take(mbufs, 100, static (in mbufs) => mbufs.AllocatePacket());
        using (MbufChain packet = attachment.Attach(mbufs, MbufFlags.ReadOnly))
        {
            using (MbufChain last = mbufs.AllocateMbuf())
            {
                last.TryAppend([1]);
                packet.Append(last);
            }

            packet.PacketLength = packet.Length;
            ChainSnapshot before = ChainSnapshot.Of(packet);
            string use = UseOf(arena);
            long denied = arena.Zones.Sum(static zone => zone.Denied);

            Assert.That(s_verbs[verb].Attempt(mbufs, packet), Is.False, s_verbs[verb].Name);
            Assert.That(UseOf(arena), Is.EqualTo(use));
            Assert.That(arena.Zones.Sum(static zone => zone.Denied) - denied, Is.EqualTo(verb == 11 ? 0 : 1), s_verbs[verb].Name);
            before.AssertUnchanged(packet);
        }

        mbufs.Free(cached.ToArray());
    }

    [Test]
    public void What_the_chain_holds_itself_does_not_help_it([Values(0, 1, 2, 3, 4, 5)] int verb)
    {
        MbufArena arena = NewArena(mbufs: 100, clusters: 90);
        using IDisposable registration = arena.RegisterReclaim(static () => Assert.Fail("Called."));
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        for (int number = 0; number < 51; number++)
        {
            using MbufChain part = mbufs.AllocateMbuf();
            part.TryAppend(new byte[192]);
            chain.Append(part);
        }

        string use = UseOf(arena);
        bool done = verb switch
        {
            0 => Got(chain.Share()),
            1 => chain.TryShare(1, MbufSizes.CopyAll, out MbufChain copy) && Got(copy),
            2 => Got(chain.ShareBehindHead(10)),
            3 => chain.TrySplitSegments(192),
            4 => chain.TryAddRoom(49 * 2048),
            _ => chain.TryCopyFrom(chain.Length, new byte[49 * 2048]),
        };
        Assert.That(done, Is.False);
        Assert.That(verb == 2 || UseOf(arena) == use, "One plain mbuf at most was taken for the start.");
    }

    [Test]
    public void A_packet_of_more_parts_than_there_are_mbufs_is_not_cut()
    {
        MbufArena arena = NewArena(mbufs: 500, clusters: 100);
        using IDisposable registration = arena.RegisterReclaim(static () => Assert.Fail("Called."));
        using MbufScope mbufs = arena.Enter();
        var queue = new MbufQueue(arena, 1000);
        byte[] bytes = new byte[20_000];
        (bytes[0], bytes[2], bytes[3], bytes[9]) = (0x45, 20_000 >> 8, 20_000 & 0xFF, 17);
        using MbufChain packet = mbufs.AllocatePacketFrom(bytes, 0, 0);
        string use = UseOf(arena);

        Assert.That(packet.FragmentInto(68, queue), Is.EqualTo(MbufOffloadStatus.Exhausted));
        Assert.That(UseOf(arena), Is.EqualTo(use));
    }

    /// <summary>Random small arenas, all of them free: refused means that no callback was asked, granted that it was there.</summary>
    [Test]
    public void With_everything_free_whatever_can_be_had_is_had_and_nothing_else_is_tried([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            int mbufsLimit = random.Next(1, 20);
            int[] limits = [random.Next(12), random.Next(3), random.Next(3), random.Next(3)];
            using MbufArena arena = NewArena(mbufsLimit, limits[0], limits[1], limits[2], limits[3]);
            for (int zone = 0; zone < limits.Length && random.Next(2) == 0; zone++)
            {
                arena.SetLimit((MbufZone)(zone + 1), random.Next(limits[zone] + 1));
            }

            int calls = 0;
            using IDisposable registration = arena.RegisterReclaim(() => calls++);
            for (int attempt = 0; attempt < 30; attempt++)
            {
                int length = Length(random);
                int held = random.Next(2);
                using MbufScope mbufs = arena.Enter();
                using MbufChain holder = held == 0 ? default : mbufs.AllocateMbuf();
                ThreadCache cache = mbufs.Cache;
                global::Engine.Mbufs.ChainBuilder parts = default;
                bool possible = new Supply(cache, held).TryTakeCopy(length);
                bool done = parts.TryAddCopy(cache, length);
                parts.Undo(cache);
                Assert.That(possible, Is.EqualTo(done), $"copy of {length}");

                calls = 0;
                int piece = random.Next(1, 2049);
                bool pieces = cache.TryTakePieces(Math.Min(length, piece * 20), piece, held, out parts);
                Assert.That(pieces, Is.EqualTo(Fits(arena, Math.Min(length, piece * 20), piece, held)), $"{length} in pieces of {piece}");
                parts.Undo(cache);
                bool room = cache.TryTakeRoom(length, held, out parts);
                Assert.That(room, Is.EqualTo(Fits(arena, length, 2048, held)), $"room for {length}");
                parts.Undo(cache);
                Assert.That(calls, Is.Zero, "What cannot be had was looked for.");
            }
        }
    }

    [Test]
    public void The_same_of_bytes_that_come_behind_free_ones([Range(1, 4)] int seed)
    {
        var random = new Random(seed);
        using MbufArena ample = NewArena(mbufs: 100, clusters: 100);
        for (int round = 0; round < 100; round++)
        {
            using MbufArena arena = NewArena(random.Next(1, 8), random.Next(8));
            int calls = 0;
            using IDisposable registration = arena.RegisterReclaim(() => calls++);
            for (int attempt = 0; attempt < 30; attempt++)
            {
                int headroom = random.Next(193);
                byte[] source = new byte[1 + (Length(random) % 17_000)];
                using MbufScope mbufs = arena.Enter();
                using MbufScope others = ample.Enter();
                using MbufChain example = others.AllocatePacketFrom(source, headroom, 0);
                int pairs = ChainAssert.Kinds(example).Count(static kind => kind == ZoneId.Cluster);
                bool possible = example.SegmentCount <= arena.GetLimit(MbufZone.Mbufs) && pairs <= arena.GetLimit(MbufZone.Clusters);
                Assert.That(Got(mbufs.AllocatePacketFrom(source, headroom, 0)), Is.EqualTo(possible), $"{source.Length} behind {headroom}");
                Assert.That(calls, Is.Zero, "What cannot be had was looked for.");
            }
        }
    }

    private static int Length(Random random) => random.Next(4) switch
    {
        0 => random.Next(400),
        1 => random.Next(60_000),
        2 => (random.Next(1, 4) * 16_384) + random.Next(-1, 2),
        _ => (random.Next(1, 12) * 2048) + random.Next(-1, 194),
    };

    /// <summary>The mbufs of a chain in pieces of one length, against the limits.</summary>
    private static bool Fits(MbufArena arena, int length, int piece, int held)
    {
        int plain = 0;
        int pairs = 0;
        do
        {
            int part = Math.Min(length, piece);
            plain += part <= MbufSizes.InternalSize ? 1 : 0;
            pairs += part <= MbufSizes.InternalSize ? 0 : 1;
            length -= part;
        }
        while (length > 0);
        return plain + pairs + held <= arena.GetLimit(MbufZone.Mbufs) && pairs <= arena.GetLimit(MbufZone.Clusters);
    }

    private static string UseOf(MbufArena arena) => string.Join(
        "; ", arena.Zones.Select(static zone => $"{zone.Id}: {zone.Carved} carved, {zone.InDepot} in the depot, {zone.HighWater} at most"));

    private static bool Got(MbufChain chain)
    {
        using MbufChain owned = chain;
        return !owned.IsNull;
    }

    private static bool Transform(MbufChain chain)
    {
        var filler = default(Filler);
        return chain.TryTransform(0, chain.Length, ref filler, out _);
    }

    private static bool WriteAtEnd(MbufChain chain)
    {
        MbufWriter writer = chain.GetWriter();
        return writer.TrySeek(chain.Length) && writer.TryWrite(s_huge);
    }

    private static bool FromSequence(MbufScope mbufs)
    {
        var sequence = new ReadOnlySequence<byte>(s_huge);
        return Got(mbufs.AllocatePacketFrom(ref sequence, Huge, 0));
    }

    private readonly struct Filler : IMbufTransformer
    {
        public int Transform(scoped Span<byte> bytes)
        {
            bytes.Fill(1);
            return 0;
        }
    }
}
