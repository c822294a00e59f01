using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Beginning and end, and who may call what and when.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReassemblyLifetimeTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private static readonly byte[] s_whole = FragmentBytes.Whole(isIPv6: false, 400);
    private static readonly byte[] s_start = FragmentBytes.IPv4(s_whole, 0, 200, more: true);
    private static readonly byte[] s_end = FragmentBytes.IPv4(s_whole, 200, 200, more: false);

    [Test]
    public void Options_are_what_their_ranges_say()
    {
        MbufReassemblerOptions[] wrong =
        [
            new() { MaximumPackets = 0 }, new() { MaximumPackets = (1 << 20) + 1 }, new() { MaximumPacketsPerSource = 0 },
            new() { MaximumMbufs = 0 }, new() { MaximumMbufs = 16_777_215 }, new() { MaximumMbufsPerSource = -1 },
            new() { MaximumFragmentsPerPacket = 1 }, new() { MaximumFragmentsPerPacket = 8_193 },
            new() { MinimumFragmentLength = 7 }, new() { MinimumFragmentLength = 65_529 },
            new() { IPv4Timeout = TimeSpan.Zero }, new() { IPv6Timeout = TimeSpan.FromDays(2) },
            new() { IPv4Timeout = Timeout.InfiniteTimeSpan },
        ];

        foreach (MbufReassemblerOptions options in wrong)
        {
            Assert.That(() => new MbufReassembler(Arena, options), Throws.TypeOf<ArgumentOutOfRangeException>());
        }

        Assert.That(() => new MbufReassembler(Arena, new MbufReassemblerOptions { TimeProvider = null! }), Throws.ArgumentNullException);
        Assert.That(() => new MbufReassembler(Arena, null!), Throws.ArgumentNullException);
        Assert.That(() => new MbufReassembler(null!), Throws.ArgumentNullException);
        using var usual = new MbufReassembler(Arena);
        Assert.That(usual.ToString(), Is.EqualTo("reassembler of 0 packets, 0 fragments, 0 mbufs"));
        Assert.That(() => usual.GetStatistics().CountOf(MbufReassemblyStatus.Exhausted + 1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Everything_is_of_one_arena()
    {
        MbufArena other = NewArena(mbufs: 64, clusters: 8);
        MbufReassembler reassembler = Make();
        Assert.That(
            () => new MbufReassembler(Arena, new MbufReassemblerOptions { TimedOut = new MbufQueue(other) }),
            Throws.TypeOf<MbufForeignException>());
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = other.Enter();
        using MbufChain chain = mbufs.AllocatePacketFrom(s_start, 0, 0);
        using MbufChain foreign = others.AllocatePacketFrom(s_start, 0, 0);
        Expect.Throws<MbufForeignException>(others, theirs => reassembler.Expire(theirs));
        Expect.Throws<MbufForeignException>(others, theirs => reassembler.Clear(theirs));
        Expect.Throws<MbufForeignException>(foreign, theirs => Add(reassembler, theirs));
        Assert.That(chain.IsOwned && foreign.IsOwned);
    }

    [Test]
    public void What_is_given_is_an_owned_packet()
    {
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        MbufChain freed = mbufs.AllocatePacketFrom(s_start, 0, 0);
        freed.Free();
        Expect.Throws<MbufStaleException>(freed, chain => Add(reassembler, chain));
        using MbufChain plain = BuildPlain(mbufs, s_start, Segment.Cluster(s_start.Length));
        Expect.Throws<InvalidOperationException>(plain, chain => Add(reassembler, chain));
        Assert.That(plain.IsOwned);
        IsEmpty(reassembler);
    }

    /// <summary>The fragment and the whole may be of different scopes of one thread.</summary>
    [Test]
    public void What_is_held_outlives_its_scope()
    {
        MbufReassembler reassembler = Make();
        using (MbufScope mbufs = Arena.Enter())
        {
            IsHeld(mbufs, reassembler, s_start);
        }

        using MbufScope first = Arena.Enter();
        using MbufScope second = Arena.Enter();
        using MbufChain end = first.AllocatePacketFrom(s_end, 0, 0);
        Assert.That(reassembler.Add(second, end, out MbufChain packet), Is.EqualTo(MbufReassemblyStatus.Complete));
        using (packet)
        {
            ChainAssert.Holds(packet, s_whole);
        }
    }

    [Test]
    public void What_is_cleared_or_disposed_of_is_freed()
    {
        MbufReassembler reassembler = Make();
        using (MbufScope mbufs = Arena.Enter())
        {
            IsHeld(mbufs, reassembler, s_start, FragmentBytes.At(true, 8, 8, more: true));
            Assert.That(reassembler.Clear(mbufs), Is.EqualTo(2));
            IsEmpty(reassembler);
            IsHeld(mbufs, reassembler, s_end);
        }

        reassembler.Dispose();
        reassembler.Dispose();
        Assert.That(Arena.LiveMbufs, Is.Zero);
        Assert.That(reassembler.ToString(), Does.EndWith("disposed"));
        reassembler.Reclaim();
        using MbufScope after = Arena.Enter();
        Expect.Throws<ObjectDisposedException>(after, mbufs => reassembler.Expire(mbufs));
        Expect.Throws<ObjectDisposedException>(after, mbufs => reassembler.Clear(mbufs));
        foreach (byte[] packet in new[] { s_start, s_whole })
        {
            using MbufChain chain = after.AllocatePacketFrom(packet, 0, 0);
            Expect.Throws<ObjectDisposedException>(chain, fragment => Add(reassembler, fragment));
            Assert.That(chain.IsOwned);
        }
    }

    [Test]
    public void An_arena_that_is_disposed_first_takes_along_what_is_held()
    {
        MbufArena arena = NewArena(mbufs: 64, clusters: 8);
        var reassembler = new MbufReassembler(arena);
        using (MbufScope mbufs = arena.Enter())
        {
            IsHeld(mbufs, reassembler, s_start);
        }

        arena.Dispose();
        reassembler.Reclaim();
        reassembler.Dispose();
        Assert.That(() => reassembler.Dispose(), Throws.Nothing);
    }

    [Test]
    public void Where_every_cache_has_an_owner_it_cannot_be_disposed_of_and_then_it_can()
    {
        MbufReassembler reassembler = Make();
        using (MbufScope mbufs = Arena.Enter())
        {
            IsHeld(mbufs, reassembler, s_start);
        }

        List<MbufCache> caches = [Arena.CreateCache(), Arena.CreateCache(), Arena.CreateCache(), Arena.CreateCache()];
        Assert.That(reassembler.Dispose, Throws.InvalidOperationException);
        Assert.That(reassembler.Reclaim, Throws.InvalidOperationException);
        using (MbufScope mbufs = caches[0].Enter())
        {
            IsHeld(mbufs, reassembler, FragmentBytes.At(true, 8, 8, more: true));
        }

        caches.ForEach(static cache => cache.Dispose());
        reassembler.Dispose();
        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void Inside_a_scope_it_is_disposed_of_whatever_other_threads_do()
    {
        MbufReassembler reassembler = Make();
        List<MbufCache> caches = [Arena.CreateCache(), Arena.CreateCache(), Arena.CreateCache(), Arena.CreateCache()];
        using (MbufScope mbufs = caches[0].Enter())
        {
            IsHeld(mbufs, reassembler, s_start);
            reassembler.Reclaim();
            IsHeld(mbufs, reassembler, s_start);
            reassembler.Dispose();
        }

        caches.ForEach(static cache => cache.Dispose());
        Assert.That(Arena.LiveMbufs, Is.Zero);
    }

    /// <summary>In a scope of the reassembler's arena, whatever the chain's is.</summary>
    private void Add(MbufReassembler reassembler, MbufChain chain)
    {
        using MbufScope mbufs = Arena.Enter();
        reassembler.Add(mbufs, chain, out _);
    }
}
