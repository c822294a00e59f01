using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CompareTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
    [
        Segment.Empty, Segment.Internal(30), Segment.EmptyCluster, Segment.Shared(1), Segment.Cluster(68), Segment.ReadOnly(1),
        Segment.Empty,
    ];

    private static readonly Segment[] s_other = [Segment.Cluster(1), Segment.Internal(30), Segment.Empty, Segment.Internal(69)];

    [Test]
    public void The_same_bytes_are_equal_in_every_layout_and_in_every_arena()
    {
        MbufArena arena = NewArena(mbufs: 16, clusters: 8);
        using MbufScope mbufs = Arena.Enter();
        using MbufScope others = arena.Enter();
        using MbufChain one = Build(mbufs, Pattern(100), s_layout);
        using MbufChain two = BuildPlain(mbufs, Pattern(100), s_other);
        using MbufChain foreign = Packet(others, Pattern(100));
        two.Type = MbufType.Control;

        Assert.That(one.SequenceEqual(Pattern(100)) && two.SequenceEqual(Pattern(100)));
        Assert.That(one.SequenceEqual(one) && one.SequenceEqual(two) && two.SequenceEqual(one));
        Assert.That(one.SequenceEqual(foreign) && foreign.SequenceEqual(two));
        Assert.That(one.StartsWith(foreign) && foreign.StartsWith(one) && two.StartsWith(Pattern(100)));
        Assert.That(one.SequenceCompareTo(two) | two.SequenceCompareTo(foreign) | foreign.SequenceCompareTo(Pattern(100)), Is.Zero);
    }

    [Test]
    public void One_byte_that_is_other_decides([Values(0, 1, 29, 30, 31, 98, 99)] int place, [Values(0, 255)] byte other)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(100);
        bytes[place] = 100;
        byte[] changed = [.. bytes];
        changed[place] = other;
        using MbufChain one = Build(mbufs, bytes, s_layout);
        using MbufChain two = Build(mbufs, changed, s_other);
        int sign = 100.CompareTo(other);

        Assert.That(one.SequenceEqual(two) || one.SequenceEqual(changed) || one.StartsWith(two) || one.StartsWith(changed), Is.False);
        Assert.That(Math.Sign(one.SequenceCompareTo(two)), Is.EqualTo(sign));
        Assert.That(Math.Sign(two.SequenceCompareTo(one)), Is.EqualTo(-sign));
        Assert.That(Math.Sign(one.SequenceCompareTo(changed)), Is.EqualTo(sign));
        Assert.That(one.StartsWith(changed.AsSpan(0, place)) && two.StartsWith(bytes.AsSpan(0, place)));
        Assert.That(one.StartsWith(changed.AsSpan(0, place + 1)), Is.False);
    }

    [Test]
    public void The_start_of_another_comes_before_it([Values(0, 1, 30, 31, 99)] int length)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(100);
        using MbufChain one = Build(mbufs, bytes, s_layout);
        using MbufChain start = Packet(mbufs, bytes.AsSpan(0, length));

        Assert.That(one.SequenceEqual(start) || start.SequenceEqual(one), Is.False);
        Assert.That(one.SequenceEqual(bytes.AsSpan(0, length)) || start.SequenceEqual(bytes), Is.False);
        Assert.That((Math.Sign(start.SequenceCompareTo(one)), Math.Sign(one.SequenceCompareTo(start))), Is.EqualTo((-1, 1)));
        Assert.That(Math.Sign(start.SequenceCompareTo(bytes)), Is.EqualTo(-1));
        Assert.That(Math.Sign(one.SequenceCompareTo(bytes.AsSpan(0, length))), Is.EqualTo(1));
        Assert.That((one.StartsWith(start), start.StartsWith(one), start.StartsWith(bytes)), Is.EqualTo((true, false, false)));
    }

    [Test]
    public void Bytes_are_unsigned()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain low = Packet(mbufs, [0x7F, 5]);
        using MbufChain high = Packet(mbufs, [0x80]);

        Assert.That(Math.Sign(low.SequenceCompareTo(high)), Is.EqualTo(-1));
        Assert.That(Math.Sign(high.SequenceCompareTo([0x7F, 5])), Is.EqualTo(1));
    }

    [Test]
    public void Empty_chains_are_equal_whatever_mbufs_they_have()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain one = Build(mbufs, [], Segment.Empty, Segment.EmptyCluster);
        using MbufChain two = mbufs.AllocatePacket(5000);

        Assert.That(one.SequenceEqual(two) && two.SequenceEqual([]) && one.StartsWith(two));
        Assert.That((one.SequenceCompareTo(two), two.SequenceCompareTo([]), Math.Sign(one.SequenceCompareTo([0]))), Is.EqualTo((0, 0, -1)));
    }

    [Test]
    public void Random_layouts_compare_as_spans_do([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        using MbufScope mbufs = Arena.Enter();
        Segment[] layout = Segment.RandomLayout(random);
        byte[] bytes = Pattern(layout.Sum(static segment => segment.Length), seed);
        byte[] other = bytes[..random.Next(bytes.Length + 1)];
        if (other.Length > 0 && random.Next(3) > 0)
        {
            other[random.Next(other.Length)]++;
        }

        using MbufChain one = Build(mbufs, bytes, layout);
        using MbufChain two = mbufs.AllocatePacket(other.Length);
        Assert.That(two.TryAppend(other));
        int sign = Math.Sign(bytes.AsSpan().SequenceCompareTo(other));

        Assert.That((Math.Sign(one.SequenceCompareTo(two)), Math.Sign(two.SequenceCompareTo(one))), Is.EqualTo((sign, -sign)));
        Assert.That((Math.Sign(one.SequenceCompareTo(other)), Math.Sign(two.SequenceCompareTo(bytes))), Is.EqualTo((sign, -sign)));
        Assert.That((one.SequenceEqual(two), one.SequenceEqual(other)), Is.EqualTo((sign == 0, sign == 0)));
        bool starts = bytes.AsSpan().StartsWith(other);
        Assert.That((one.StartsWith(two), one.StartsWith(other)), Is.EqualTo((starts, starts)));
    }

    [Test]
    public void Null_and_stale_chains_are_mistakes_on_either_side()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(10));
        MbufChain stale = Packet(mbufs, Pattern(10));
        stale.Free();

        foreach (Action<MbufChain, MbufChain> verb in new Action<MbufChain, MbufChain>[]
        {
            static (one, two) => one.SequenceEqual(two),
            static (one, two) => one.SequenceCompareTo(two),
            static (one, two) => one.StartsWith(two),
        })
        {
            Expect.Throws<MbufStaleException>(packet, stale, verb);
            Expect.Throws<MbufStaleException>(stale, packet, verb);
            Expect.Throws<NullReferenceException>(packet, default, verb);
            Expect.Throws<NullReferenceException>(default, packet, verb);
        }
    }
}
