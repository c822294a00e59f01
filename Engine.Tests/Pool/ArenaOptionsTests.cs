using Engine.Mbufs.Wire;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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
    public void Everything_that_is_wrong_is_told_in_one_message()
    {
        var options = new MbufArenaOptions { Mbufs = 0, Headroom = -1, Jumbo9Clusters = -5, TimeProvider = null!, WarningInterval = TimeSpan.FromSeconds(-3) };
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new MbufArena(options).Dispose())!;

        Assert.That(error.Message, Does.StartWith("5 options are wrong.")
            .And.Contains("MbufArenaOptions.Mbufs must be from 1 to 16777214, not 0.")
            .And.Contains("MbufArenaOptions.Headroom must be from 0 to 4096, not -1.")
            .And.Contains("MbufArenaOptions.Jumbo9Clusters must be from 0 to 16777214, not -5.")
            .And.Contains("MbufArenaOptions.TimeProvider must not be null")
            .And.Contains("MbufArenaOptions.WarningInterval must be zero or more"));
    }

    [Test]
    public void From_memory_the_limits_are_derived_as_large_as_fit([Values(1_000_000, 116_000_000, 64L << 20, 1L << 30, 20L << 30)] long memory, [Values(0, 128, 4096)] int headroom)
    {
        int[] limits = new ArenaLayout(new MbufArenaOptions { Memory = memory, Headroom = headroom }).Limits;
        int mbufs = limits[(int)ZoneId.Mbuf];

        Assert.That(BytesOf(mbufs, headroom), Is.LessThanOrEqualTo(memory));
        Assert.That(BytesOf(mbufs + 1, headroom), Is.GreaterThan(memory));
        Assert.That(limits[1..6], Is.EqualTo(new[] { mbufs / 2, mbufs / 16, mbufs / 128, mbufs / 128, mbufs / 16 }));
    }

    [Test]
    public void The_default_limits_are_those_of_their_memory()
    {
        int[] limits = new ArenaLayout(new MbufArenaOptions()).Limits;
        Assert.That(limits, Is.EqualTo(new[] { 65_536, 32_768, 4_096, 512, 512, 4_096, 32_768 }));
        Assert.That(new ArenaLayout(new MbufArenaOptions { Memory = BytesOf(65_536, 128) }).Limits, Is.EqualTo(limits));
        Assert.That(BytesOf(65_536, 128) >> 20, Is.EqualTo(122), "as the page says");
    }

    [Test]
    public void Limits_that_are_given_win_and_take_their_part_of_the_memory_first()
    {
        const long Memory = 64 << 20;
        int[] derived = new ArenaLayout(new MbufArenaOptions { Memory = Memory }).Limits;
        int[] limits = new ArenaLayout(new MbufArenaOptions { Memory = Memory, Jumbo16Clusters = 1024, PageClusters = 0 }).Limits;

        Assert.That((limits[(int)ZoneId.Jumbo16], limits[(int)ZoneId.Page]), Is.EqualTo((1024, 0)));
        Assert.That(limits[(int)ZoneId.Cluster], Is.EqualTo(limits[(int)ZoneId.Mbuf] / 2).And.LessThan(derived[(int)ZoneId.Cluster]));
        Assert.That(new ArenaLayout(new MbufArenaOptions { Mbufs = 100 }).Limits[(int)ZoneId.Cluster], Is.EqualTo(32_768), "without memory each has its default");
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(2943)]
    [TestCase(long.MinValue)]
    public void Memory_that_holds_nothing_is_refused_with_what_it_would_take(long memory)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new MbufArena(new() { Memory = memory }).Dispose())!;
        Assert.That((error.ParamName, error.Message.Contains("must be 2944 bytes or more", StringComparison.Ordinal)), Is.EqualTo((nameof(MbufArenaOptions.Memory), true)));
    }

    [Test]
    public void The_least_memory_is_that_of_one_packet()
    {
        using var arena = new MbufArena(new() { Memory = 2944 });
        using MbufScope mbufs = arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        Assert.That(packet.IsNull, Is.False);
    }

    [TestCase(int.MaxValue, 1L << 30, 1)]
    [TestCase(-1, 100L, 2)]
    public void A_wrong_limit_neither_makes_the_memory_wrong_nor_hides_that_it_is(int mbufs, long memory, int faults)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new MbufArena(new() { Mbufs = mbufs, Memory = memory }).Dispose())!;
        Assert.That(error.Message.Split("MbufArenaOptions.Memory must be").Length, Is.EqualTo(faults));
    }

    [Test]
    public void Options_are_bound_to_a_configuration_and_configured_by_code()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Arena:Memory"] = "8000000",
            ["Arena:Clusters"] = "77",
            ["Arena:Checked"] = "true",
            ["Arena:WarningInterval"] = "00:00:05",
            ["Arena:Name"] = "edge",
        }).Build();
        var services = new ServiceCollection();
        services.Configure<MbufArenaOptions>(configuration.GetSection("Arena"));
        services.Configure<MbufArenaOptions>(static options => options.Mbufs = 99);
        services.Configure<MbufReassemblerOptions>(static options => options.MaximumPackets = 5);
        using ServiceProvider provider = services.BuildServiceProvider();
        MbufArenaOptions options = provider.GetRequiredService<IOptions<MbufArenaOptions>>().Value;

        Assert.That((options.Memory, options.Clusters, options.Mbufs, options.Checked, options.WarningInterval.Seconds, options.Name),
            Is.EqualTo(((long?)8_000_000, (int?)77, (int?)99, true, 5, "edge")));
        using var arena = new MbufArena(options);
        Assert.That((arena.GetLimit(MbufZone.Mbufs), arena.GetLimit(MbufZone.Clusters)), Is.EqualTo((99, 77)));
        Assert.That(provider.GetRequiredService<IOptions<MbufReassemblerOptions>>().Value.MaximumPackets, Is.EqualTo(5));
    }

    private static long BytesOf(int mbufs, int headroom)
    {
        long bytes = (mbufs * 320L) + (mbufs / 16 * 64L);
        foreach ((int size, int share) in new[] { (2048, 2), (4096, 16), (9216, 128), (16_384, 128) })
        {
            int lines = (size + headroom + 63) / 64;
            bytes += mbufs / share * (((lines | 1) * 64L) + 64);
        }

        return bytes;
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
