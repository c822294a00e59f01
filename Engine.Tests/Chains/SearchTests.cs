using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SearchTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>Borders of segments, and empty mbufs, at and round whatever is searched for.</summary>
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(3), Segment.Internal(1), Segment.EmptyCluster, Segment.Shared(1), Segment.Empty, Segment.Cluster(4),
        Segment.ReadOnly(2), Segment.Internal(5), Segment.Empty,
    ];

    [Test]
    public void A_byte_is_found_wherever_it_is([Range(0, 16)] int start)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = [1, 2, 3, 1, 4, 1, 1, 2, 5, 6, 1, 2, 3, 4, 1, 1];
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        for (byte value = 0; value < 8; value++)
        {
            Assert.That(packet.IndexOf(value, start), Is.EqualTo(Array.IndexOf(bytes, value, start)), $"{value}");
        }
    }

    [Test]
    public void Bytes_are_found_wherever_they_start_and_end([Range(0, 17)] int start, [Range(0, 8)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = [1, 2, 3, 1, 4, 1, 1, 2, 5, 6, 1, 2, 3, 4, 1, 1];
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        for (int from = 0; from + length <= bytes.Length; from++)
        {
            byte[] value = bytes[from..(from + length)];
            Assert.That(packet.IndexOf(value, start), Is.EqualTo(Expected(bytes, value, start)), $"at {from}");
        }
    }

    [Test]
    public void What_nearly_matches_over_a_border_is_not_taken_for_a_match()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = "aaabaaaabaaaaab\n"u8.ToArray();
        using MbufChain packet = Build(mbufs, bytes, s_layout);

        Assert.That(packet.IndexOf("aaaab"u8), Is.EqualTo(4));
        Assert.That(packet.IndexOf("aaaaab"u8), Is.EqualTo(9));
        Assert.That(packet.IndexOf("b\n"u8), Is.EqualTo(14));
        Assert.That(packet.IndexOf("\n"u8), Is.EqualTo(15));
        Assert.That(packet.IndexOf("\n\n"u8), Is.EqualTo(-1));
        Assert.That(packet.IndexOf("aaaaaa"u8), Is.EqualTo(-1));
        Assert.That(packet.IndexOf([.. bytes, (byte)'\n']), Is.EqualTo(-1));
        Assert.That(packet.IndexOf(bytes), Is.Zero);
    }

    [Test]
    public void Random_bytes_in_random_layouts_are_found_where_a_span_finds_them([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = Segment.RandomLayout(random);
        byte[] bytes = new byte[layout.Sum(static segment => segment.Length)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.Next(3); // Few values: many beginnings that come to nothing.
        }

        using MbufChain packet = Build(mbufs, bytes, layout);
        for (int i = 0; i < 50; i++)
        {
            int from = random.Next(bytes.Length + 1);
            byte[] value = bytes[from..Math.Min(bytes.Length, from + random.Next(1 + (i * 40)))];
            if (value.Length > 0 && random.Next(3) == 0)
            {
                value[^1] ^= 1;
            }

            int start = random.Next(bytes.Length + 2);
            Assert.That(packet.IndexOf(value, start), Is.EqualTo(Expected(bytes, value, start)));
            Assert.That(packet.StartsWith(value), Is.EqualTo(bytes.AsSpan().StartsWith(value)));
        }
    }

    [Test]
    public void Nothing_is_found_in_nothing_but_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain empty = Build(mbufs, [], Segment.Empty, Segment.EmptyCluster);

        Assert.That((empty.IndexOf(0), empty.IndexOf([0]), empty.IndexOf([]), empty.IndexOf([], 1)), Is.EqualTo((-1, -1, 0, -1)));
        Assert.That((empty.StartsWith([]), empty.StartsWith([0]), empty.StartsWith(empty)), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void A_start_behind_the_end_finds_nothing_and_a_negative_one_is_a_mistake()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(16), s_layout);

        Assert.That((packet.IndexOf(0, int.MaxValue), packet.IndexOf([0], int.MaxValue)), Is.EqualTo((-1, -1)));
        Assert.That(packet.IndexOf([], int.MaxValue), Is.EqualTo(-1));
        Assert.That((packet.IndexOf([], 16), packet.IndexOf([], 17)), Is.EqualTo((16, -1)));
        foreach (int start in new[] { -1, int.MinValue })
        {
            Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.IndexOf(0, start));
            Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.IndexOf([0], start));
            Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.IndexOf([], start));
        }
    }

    [Test]
    public void Searching_needs_no_memory_and_changes_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(16), s_layout);
        Hoard hoard = Hoard.OfEverything(mbufs);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.IndexOf(Pattern(16).AsSpan(2, 9)), Is.EqualTo(2));
        Assert.That(packet.StartsWith(Pattern(16).AsSpan(0, 9)) && packet.StartsWith(packet));
        before.AssertUnchanged(packet);
        hoard.Release(mbufs);
    }

    private static int Expected(byte[] bytes, byte[] value, int start)
    {
        int found = start <= bytes.Length ? bytes.AsSpan(start).IndexOf(value) : -1;
        return found < 0 ? -1 : start + found;
    }
}
