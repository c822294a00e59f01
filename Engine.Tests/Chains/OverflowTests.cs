using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>
/// Chains of more than 2 GiB would not have a length. A few shared jumbo clusters reach it: 131,072 mbufs that refer to 16 KiB each.
/// </summary>
public sealed class OverflowTests : MbufFixture
{
    private const int Jumbo = (int)MbufClusterSize.Jumbo16;

    private Mbuf _longest;

    [SetUp]
    public void Build_a_chain_of_the_greatest_length()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain chain = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        Assert.That(chain.TryAppend(Jumbo, out _));
        while (chain.Length <= int.MaxValue / 2)
        {
            chain.Append(chain.Share());
        }

        // 2^30 bytes so far; the other half but one byte comes from a share that is cut.
        MbufChain rest = chain.Share();
        rest.TrimEnd(1);
        chain.Append(rest);
        Assert.That((chain.Length, chain.PacketLength, chain.SegmentCount), Is.EqualTo((int.MaxValue, int.MaxValue, 131_072)));
        _longest = chain.Detach();
    }

    [Test]
    public void Nothing_makes_a_chain_longer_than_a_length_can_say()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.Open(_longest);
        using MbufChain one = Packet(mbufs, [1]);
        ChainSnapshot before = ChainSnapshot.Of(chain);
        ChainSnapshot beforeOne = ChainSnapshot.Of(one);

        Expect.Throws<OverflowException>(chain, static c => c.TryAppend([1]));
        Expect.Throws<OverflowException>(chain, static c => c.TryAppend(1, out _));
        Expect.Throws<OverflowException>(chain, static c => c.TryPrepend(1, out _));
        Expect.Throws<OverflowException>(chain, static c => c.TryPrepend([1]));
        Expect.Throws<OverflowException>(chain, static c => c.TryCopyFrom(int.MaxValue, [1]));
        Expect.Throws<OverflowException>(chain, one, static (c, other) => c.Append(other));
        Expect.Throws<OverflowException>(one, chain, static (c, other) => c.Append(other));
        before.AssertUnchanged(chain);
        beforeOne.AssertUnchanged(one);
        Assert.That(chain.IsSane(out string? problem), problem);
    }

    [Test]
    public void At_the_greatest_length_everything_else_works()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.Open(_longest);
        byte[] end = new byte[10];

        Assert.That(chain.TryAppend([]) && chain.TryAppend(0, out _) && chain.TryPrepend(0, out _));
        Assert.That(chain.TryCopyTo(int.MaxValue - 10, end));
        Assert.That(chain.TryCopyTo(int.MaxValue - 9, end), Is.False);
        Assert.That(chain.TryCopyFrom(int.MaxValue - 1, [7]));
        Assert.That(chain.TryPullUp(int.MaxValue, out _), Is.False);
        Assert.That(chain.TrySplit(int.MaxValue, out MbufChain rest));
        rest.Free();
        Assert.That(chain.TrySplit(int.MaxValue - 1, out rest));
        Assert.That((chain.Length, rest.Length, rest.FirstSpan[0]), Is.EqualTo((int.MaxValue - 1, 1, (byte)7)));
        chain.Append(rest);
        Assert.That(chain.TrimEnd(1) + chain.TrimStart(1), Is.EqualTo(2));
        Assert.That(chain.TryAppend([1]) && chain.TryPrepend([1]));
        Assert.That(chain.TrimStart(int.MaxValue), Is.EqualTo(int.MaxValue));
        ChainAssert.Holds(chain, []);
    }

    [TearDown]
    public void Free_the_chain()
    {
        if (Arena.StateOf(_longest) == MbufState.Live)
        {
            using MbufScope mbufs = Arena.Enter();
            mbufs.Open(_longest).Free();
        }
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 140_000, clusters: 8, jumbo16: 2);
}
