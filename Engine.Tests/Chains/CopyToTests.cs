using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class CopyToTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly Segment[] s_layout =
        [Segment.Empty, Segment.Internal(5), Segment.Empty, Segment.Shared(7), Segment.ReadOnly(1), Segment.Internal(6), Segment.Empty];

    [Test]
    public void Every_part_of_a_chain_can_be_copied_out()
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(19);
        using MbufChain packet = Build(mbufs, bytes, s_layout);
        for (int offset = 0; offset <= 19; offset++)
        {
            for (int length = 0; offset + length <= 19; length++)
            {
                byte[] part = new byte[length];
                Assert.That(packet.TryCopyTo(offset, part));
                Assert.That(part, Is.EqualTo(bytes[offset..(offset + length)]));
            }
        }
    }

    [TestCase(0, 20)]
    [TestCase(19, 1)]
    [TestCase(20, 0)]
    [TestCase(20, 1)]
    [TestCase(int.MaxValue, 0)]
    [TestCase(int.MaxValue, 19)]
    public void Nothing_is_copied_from_beyond_the_end(int offset, int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
        byte[] part = Pattern(length, seed: 2);

        Assert.That(packet.TryCopyTo(offset, part), Is.False);
        Assert.That(part, Is.EqualTo(Pattern(length, seed: 2)), "The destination is untouched.");
    }

    [Test]
    public void Nothing_can_be_copied_from_an_empty_chain()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();

        Assert.That(packet.TryCopyTo(0, []));
        Assert.That(packet.TryCopyTo(0, new byte[1]), Is.False);
        Assert.That(packet.TryCopyTo(1, []), Is.False);
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_offset_is_a_mistake(int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);

        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryCopyTo(offset, new byte[1]));
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryCopyTo(offset, []));
    }

    [Test]
    public void Copying_out_changes_nothing()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(19), s_layout);
        ChainSnapshot before = ChainSnapshot.Of(packet);

        Assert.That(packet.TryCopyTo(3, new byte[10]));
        before.AssertUnchanged(packet);
    }
}
