using System.Runtime.CompilerServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class StorageLayoutTests
{
    private const int CacheLine = 64;

    [Test]
    public void Sizes_are_those_of_the_vocabulary()
    {
        Assert.That((MbufSizes.MbufSize, MbufSizes.InternalSize, MbufSizes.MinimumInCluster), Is.EqualTo((256, 192, 193)));
        Assert.That(MbufSizes.MaximumContiguous, Is.EqualTo(16384));
        Assert.That(Enum.GetValues<MbufClusterSize>().Select(static size => (int)size), Is.EqualTo(new[] { 2048, 4096, 9216, 16384 }));
    }

    [Test]
    public void No_stride_of_storage_is_a_multiple_of_2048_or_an_even_number_of_lines(
        [Values(0, 1, 63, 64, 65, 128, 192, 256, 2048, 4095, 4096)] int headroom)
    {
        var layout = new ArenaLayout(new MbufArenaOptions { Headroom = headroom });
        Assert.That(layout.Storages, Has.Length.EqualTo(6));
        foreach (StorageLayout storage in layout.Storages[..5])
        {
            Assert.That(storage.Stride % CacheLine, Is.Zero, "A stride is whole lines.");
            Assert.That(storage.Stride / CacheLine % 2, Is.EqualTo(1), "An odd number of them.");
            Assert.That(storage.Stride % 2048, Is.Not.Zero);
            Assert.That(storage.Stride, Is.InRange(storage.Capacity, storage.Capacity + (2 * CacheLine) - 1), "And no more than it takes.");
            Assert.That(storage.Start % CacheLine, Is.Zero);
        }
    }

    [Test]
    public void A_cluster_holds_its_size_behind_the_headroom([Values(0, 128, 4096)] int headroom)
    {
        var layout = new ArenaLayout(new MbufArenaOptions { Headroom = headroom });

        Assert.That(layout.Storages[0], Is.EqualTo(layout.Storages[0] with { Stride = 192, Capacity = 192, Headroom = 0 }));
        Assert.That(
            layout.Storages[1..5].Select(static storage => storage.Size),
            Is.EqualTo(Enum.GetValues<MbufClusterSize>().Select(static size => (int)size)));
        Assert.That(layout.Storages[1..5].Select(static storage => storage.Headroom), Is.All.EqualTo(headroom));
    }

    [Test]
    public void The_slabs_follow_each_other_and_end_where_the_reservation_ends([Values(0, 1, 777)] int clusters)
    {
        var layout = new ArenaLayout(new MbufArenaOptions { Mbufs = 1000, Clusters = clusters, Jumbo9Clusters = clusters });
        StorageLayout[] slabs = layout.Storages[..5]; // External storage has no slab, only records.

        Assert.That(slabs[0].Start, Is.GreaterThanOrEqualTo(1001 * 64), "Headers come first, the null header in front.");
        Assert.That(layout.MagazinesStart, Is.GreaterThanOrEqualTo(slabs[0].StartOf(1001)));
        Assert.That(layout.CountsStart, Is.GreaterThanOrEqualTo(layout.MagazinesStart + ((layout.MagazineCount + 1L) * Magazine.Size)));
        Assert.That(slabs[1].Start, Is.GreaterThanOrEqualTo(layout.CountsStart + (layout.Limits[1..6].Sum() * (long)RawMemory.CountStride)));
        for (int kind = 1; kind < slabs.Length; kind++)
        {
            long end = slabs[kind].StartOf((uint)layout.Limits[kind]);
            Assert.That(end, Is.EqualTo(kind + 1 < slabs.Length ? slabs[kind + 1].Start : layout.Length));
        }
    }

    [Test]
    public void A_magazine_is_a_line_of_bookkeeping_and_64_rounds_in_an_odd_number_of_lines()
    {
        Assert.That(Magazine.Capacity, Is.EqualTo(64));
        Assert.That(Magazine.Size, Is.EqualTo(64 + (64 * sizeof(ulong))));
        Assert.That(Magazine.Size / CacheLine % 2, Is.EqualTo(1));
    }

    [Test]
    public void The_words_of_a_cache_share_no_line_with_anything_else()
    {
        CacheHot hot = default;
        ref byte start = ref Unsafe.As<CacheHot, byte>(ref hot);
        long first = Unsafe.ByteOffset(ref start, ref Unsafe.As<ArenaMemory, byte>(ref hot.Memory));
        long last = Unsafe.ByteOffset(ref start, ref Unsafe.As<CacheHot.ZoneMagazines, byte>(ref hot.Magazines)) + Unsafe.SizeOf<CacheHot.ZoneMagazines>();

        Assert.That(first, Is.GreaterThanOrEqualTo(CacheLine));
        Assert.That(Unsafe.SizeOf<CacheHot>() - last, Is.GreaterThanOrEqualTo(CacheLine));
    }

    [Test]
    public void Reference_counts_are_a_line_apart()
    {
        Assert.That(RawMemory.CountStride, Is.EqualTo(CacheLine));
    }
}
