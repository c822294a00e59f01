using System.Runtime.Versioning;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Receives into larger clusters than those of 2 KiB.</summary>
[Platform("Linux", Reason = "The overloads for file descriptors exist on Linux only.")]
[SupportedOSPlatform("linux")]
public sealed class LargeReceiveTests : MbufFixture
{
    private SocketPair _pair = null!;

    [SetUp]
    public void Connect_a_pair() => _pair = new SocketPair(Transport.Tcp4);

    [TearDown]
    public void Close_the_pair() => _pair.Dispose();

    [Test]
    public void Large_clusters_are_filled_while_more_than_half_of_one_is_asked_for()
    {
        byte[] bytes = Pattern(100 + 16_384 + 8_192);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Packet(mbufs, bytes.AsSpan(0, 100));
        _pair.Deliver(bytes.AsSpan(100));

        MbufSocketResult result = Receive(chain, 1948 + 16_384 + 8_192, MbufClusterSize.Jumbo16);

        Assert.That((result.Bytes, result.Offered), Is.EqualTo((bytes.Length - 100, 1948 + 16_384 + 8_192)));
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 2048, 16_384, 2048, 2048, 2048, 100 }));
        Assert.That(ChainAssert.Kinds(chain)[1], Is.EqualTo(ZoneId.Jumbo16));
    }

    [Test]
    public void What_the_kernel_did_not_fill_goes_back()
    {
        byte[] bytes = Pattern(20_000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket(MbufClusterSize.Jumbo16);
        _pair.Deliver(bytes);

        MbufSocketResult result = Receive(chain, 65_536, MbufClusterSize.Jumbo16);

        Assert.That((result.Bytes, result.Offered), Is.EqualTo((bytes.Length, 65_536)));
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 16_384, 3_616 }));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(2));
        Assert.That(Arena.GetStatistics().Jumbo16Clusters.Current, Is.EqualTo(2));
    }

    [Test]
    public void Without_large_clusters_those_of_2_KiB_serve_and_nothing_was_denied()
    {
        byte[] bytes = Pattern(40_000);
        using MbufScope mbufs = Arena.Enter();
        Mbuf[] held = new Mbuf[7];
        for (int i = 0; i < held.Length; i++)
        {
            held[i] = mbufs.AllocatePacket(MbufClusterSize.Jumbo16).Detach();
        }

        using MbufChain chain = mbufs.AllocatePacket();
        _pair.Deliver(bytes);

        MbufSocketResult result = Receive(chain, bytes.Length, MbufClusterSize.Jumbo16);

        Assert.That(result.Bytes, Is.EqualTo(bytes.Length));
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain)[..3], Is.EqualTo(new[] { 2048, 16_384, 2048 }));
        Assert.That(Arena.GetStatistics().Jumbo16Clusters.Denied, Is.Zero);
        mbufs.Free(held);
    }

    [Test]
    public void A_size_that_there_is_not_is_refused()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();

        Exception? refusal = Thrown.By(chain, chain => Receive(chain, 100, (MbufClusterSize)100));

        Assert.That(refusal, Is.TypeOf<ArgumentOutOfRangeException>());
    }

    private MbufSocketResult Receive(MbufChain chain, int length, MbufClusterSize clusters)
        => MbufSocket.Receive((int)_pair.Near.Handle, chain, length, clusters);
}
