using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class ArenaOptionsTests
{
    private const int MostItems = 16_777_214;

    private static readonly object[] s_badOptions =
    [
        Bad(new() { Mbufs = 0 }, nameof(MbufArenaOptions.Mbufs), 1, MostItems),
        Bad(new() { Mbufs = -1 }, nameof(MbufArenaOptions.Mbufs), 1, MostItems),
        Bad(new() { Mbufs = MostItems + 1 }, nameof(MbufArenaOptions.Mbufs), 1, MostItems),
        Bad(new() { Mbufs = int.MaxValue }, nameof(MbufArenaOptions.Mbufs), 1, MostItems),
        Bad(new() { Clusters = -1 }, nameof(MbufArenaOptions.Clusters), 0, MostItems),
        Bad(new() { Clusters = int.MaxValue }, nameof(MbufArenaOptions.Clusters), 0, MostItems),
        Bad(new() { PageClusters = -1 }, nameof(MbufArenaOptions.PageClusters), 0, MostItems),
        Bad(new() { PageClusters = int.MaxValue }, nameof(MbufArenaOptions.PageClusters), 0, MostItems),
        Bad(new() { Jumbo9Clusters = -1 }, nameof(MbufArenaOptions.Jumbo9Clusters), 0, MostItems),
        Bad(new() { Jumbo9Clusters = MostItems + 1 }, nameof(MbufArenaOptions.Jumbo9Clusters), 0, MostItems),
        Bad(new() { Jumbo16Clusters = int.MinValue }, nameof(MbufArenaOptions.Jumbo16Clusters), 0, MostItems),
        Bad(new() { Jumbo16Clusters = int.MaxValue }, nameof(MbufArenaOptions.Jumbo16Clusters), 0, MostItems),
        Bad(new() { Packets = -1 }, nameof(MbufArenaOptions.Packets), 0, int.MaxValue),
        Bad(new() { Headroom = -1 }, nameof(MbufArenaOptions.Headroom), 0, 4096),
        Bad(new() { Headroom = 4097 }, nameof(MbufArenaOptions.Headroom), 0, 4096),
        Bad(new() { Caches = 0 }, nameof(MbufArenaOptions.Caches), 1, 4096),
        Bad(new() { Caches = -1 }, nameof(MbufArenaOptions.Caches), 1, 4096),
        Bad(new() { Caches = 4097 }, nameof(MbufArenaOptions.Caches), 1, 4096),
    ];

    [TestCaseSource(nameof(s_badOptions))]
    public void A_limit_out_of_range_is_refused_with_its_name_and_range(MbufArenaOptions options, string name, int least, int most)
    {
        ArgumentOutOfRangeException? error = Assert.Throws<ArgumentOutOfRangeException>(() => new MbufArena(options).Dispose());

        Assert.That(error?.ParamName, Is.EqualTo(name));
        Assert.That(error?.Message, Does.Contain($"{name} must be from {least} to {most}"));
    }

    [Test]
    public void No_options_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new MbufArena(null!).Dispose());
    }

    [Test]
    public void The_smallest_arena_holds_one_mbuf_and_no_cluster()
    {
        using MbufArena arena = Arenas.Of(mbufs: 1, caches: 1);
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain only = mbufs.AllocateMbuf();
            Assert.That(only.IsNull, Is.False);
            Assert.That(mbufs.AllocateMbuf().IsNull, Is.True);
            Assert.That(mbufs.AllocatePacket().IsNull, Is.True);
            Assert.That(mbufs.AllocatePacket(MbufClusterSize.Jumbo16).IsNull, Is.True);
        }

        arena.AssertSettled();
    }

    [TestCase(0, 2048)]
    [TestCase(1, 2048)]
    [TestCase(128, 2048)]
    [TestCase(4096, 2048)]
    public void Headroom_comes_on_top_of_the_size_of_the_cluster(int headroom, int size)
    {
        using var arena = new MbufArena(new MbufArenaOptions { Mbufs = 64, Clusters = 64, Headroom = headroom, HugePages = false });
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain packet = mbufs.AllocatePacket();
            Assert.That(packet.Headroom, Is.EqualTo(headroom));
            Assert.That(packet.Tailroom, Is.EqualTo(size));
        }

        arena.AssertSettled();
    }

    [Test]
    public void No_stride_of_storage_is_an_even_number_of_cache_lines([Values(0, 1, 63, 64, 65, 128, 192, 4095, 4096)] int headroom)
    {
        var layout = new ArenaLayout(new MbufArenaOptions { Headroom = headroom });
        foreach (StorageLayout storage in layout.Storages[..5])
        {
            Assert.That(storage.Stride, Is.GreaterThanOrEqualTo(storage.Capacity));
            Assert.That(storage.Stride % 64, Is.Zero, "whole cache lines");
            Assert.That(storage.Stride / 64 % 2, Is.EqualTo(1), "an odd number of them");
            Assert.That(storage.Start % 64, Is.Zero, "the slab starts on a line");
        }
    }

    [Test]
    public void The_options_that_a_name_comes_from_are_shown()
    {
        using var arena = new MbufArena(new MbufArenaOptions { Name = "ingress", Mbufs = 8, Clusters = 4, HugePages = false });

        Assert.That(arena.Name, Is.EqualTo("ingress"));
        Assert.That(arena.ToString(), Does.Contain("\"ingress\": 0 of 8 mbufs live"));
    }

    private static object[] Bad(MbufArenaOptions options, string name, int least, int most) => [options, name, least, most];
}
