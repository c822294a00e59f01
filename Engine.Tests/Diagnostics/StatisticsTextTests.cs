using NUnit.Framework;

namespace Engine.Mbufs.Tests.Diagnostics;

/// <summary>The text of the statistics has the lines of <c>netstat -m</c>, and in them the numbers of the properties.</summary>
public sealed class StatisticsTextTests
{
    private static readonly string[] s_patterns =
    [
        @"^\d+/\d+/\d+/\d+ mbufs in use \(current/cache/total/max\)$",
        @"^\d+/\d+/\d+/\d+ mbuf clusters in use \(current/cache/total/max\)$",
        @"^\d+/\d+ mbuf\+clusters out of packet zone in use \(current/cache\)$",
        @"^\d+/\d+/\d+/\d+ 4k jumbo clusters in use \(current/cache/total/max\)$",
        @"^\d+/\d+/\d+/\d+ 9k jumbo clusters in use \(current/cache/total/max\)$",
        @"^\d+/\d+/\d+/\d+ 16k jumbo clusters in use \(current/cache/total/max\)$",
        @"^\d+/\d+/\d+/\d+ attached storages in use \(current/cache/total/max\)$",
        @"^\d+K/\d+K/\d+K bytes used by mbufs \(current/cache/total\)$",
        @"^\d+/\d+ most mbufs/clusters in use at a time$",
        @"^\d+/\d+/\d+ requests denied \(mbufs/clusters/mbuf\+clusters\)$",
        @"^\d+/\d+/\d+ requests delayed \(mbufs/clusters/mbuf\+clusters\)$",
        @"^\d+/\d+/\d+ requests for jumbo clusters denied \(4k/9k/16k\)$",
        @"^\d+/\d+/\d+ requests for jumbo clusters delayed \(4k/9k/16k\)$",
        @"^\d+ requests to attach storage denied$",
    ];

    [Test]
    public void It_has_the_lines_of_netstat()
    {
        using MbufArena arena = Arenas.Of(mbufs: 100);
        string[] lines = arena.GetStatistics().ToString().TrimEnd('\n').Split('\n');

        Assert.That(lines, Has.Length.EqualTo(s_patterns.Length));
        Assert.Multiple(() =>
        {
            foreach ((string line, string pattern) in lines.Zip(s_patterns))
            {
                Assert.That(line, Does.Match(pattern));
            }
        });
    }

    /// <summary>Every number is another one, so that none can stand in another's place.</summary>
    [Test]
    public void Its_numbers_are_those_of_the_properties()
    {
        int[] types = new int[256];
        (types[1], types[2], types[8], types[14], types[15], types[99]) = (701, 702, 708, 714, 715, 799);
        var statistics = new MbufStatistics(
        [
            new(Current: 1000, Cached: 2000, Total: 3000, Limit: 4000, HighWater: 11, Denied: 12, Delayed: 13),
            new(Current: 2100, Cached: 2200, Total: 4300, Limit: 4400, HighWater: 21, Denied: 22, Delayed: 23),
            new(Current: 3100, Cached: 3200, Total: 6300, Limit: 6400, HighWater: 31, Denied: 32, Delayed: 33),
            new(Current: 4100, Cached: 4200, Total: 8300, Limit: 8400, HighWater: 41, Denied: 42, Delayed: 43),
            new(Current: 5100, Cached: 5200, Total: 10_300, Limit: 10_400, HighWater: 51, Denied: 52, Delayed: 53),
            new(Current: 7100, Cached: 7200, Total: 14_300, Limit: 14_400, HighWater: 71, Denied: 72, Delayed: 73),
            new(Current: 6100, Cached: 6200, Total: 12_300, Limit: 12_400, HighWater: 61, Denied: 62, Delayed: 63),
        ],
            types,
            tags: 77);
        long inUse = (1000 * 256L) + (2100 * 2048L) + (3100 * 4096L) + (4100 * 9216L) + (5100 * 16_384L);
        long cached = (2000 * 256L) + (2200 * 2048L) + (3200 * 4096L) + (4200 * 9216L) + (5200 * 16_384L);

        Assert.That((statistics.BytesInUse, statistics.BytesCached), Is.EqualTo((inUse, cached)));
        Assert.That(statistics.ToString(), Is.EqualTo($"""
            1000/2000/3000/4000 mbufs in use (current/cache/total/max)
            701 mbufs allocated to data
            702 mbufs allocated to packet headers
            708 mbufs allocated to socket names
            714 mbufs allocated to control information
            715 mbufs allocated to out-of-band data
            799 mbufs allocated to type 99
            77 mbufs allocated to packet tags
            2100/2200/4300/4400 mbuf clusters in use (current/cache/total/max)
            6100/6200 mbuf+clusters out of packet zone in use (current/cache)
            3100/3200/6300/6400 4k jumbo clusters in use (current/cache/total/max)
            4100/4200/8300/8400 9k jumbo clusters in use (current/cache/total/max)
            5100/5200/10300/10400 16k jumbo clusters in use (current/cache/total/max)
            7100/7200/14300/14400 attached storages in use (current/cache/total/max)
            {inUse / 1024}K/{cached / 1024}K/{(inUse + cached) / 1024}K bytes used by mbufs (current/cache/total)
            11/21 most mbufs/clusters in use at a time
            12/22/62 requests denied (mbufs/clusters/mbuf+clusters)
            13/23/63 requests delayed (mbufs/clusters/mbuf+clusters)
            32/42/52 requests for jumbo clusters denied (4k/9k/16k)
            33/43/53 requests for jumbo clusters delayed (4k/9k/16k)
            72 requests to attach storage denied

            """));
    }
}
