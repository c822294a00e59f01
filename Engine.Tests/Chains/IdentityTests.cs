using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>The identity of a packet never changes: a copy of the chain from before any operation is as good as the one after.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class IdentityTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_copy_of_the_chain_stays_right_whatever_is_done_through_the_other(
        [Values(SegmentKind.Internal, SegmentKind.Cluster, SegmentKind.Shared, SegmentKind.ReadOnly)] SegmentKind head)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(600);
        using MbufChain packet = Build(mbufs, bytes, new Segment(head, 100), Segment.Cluster(400), Segment.Internal(100));
        MbufChain copy = packet;
        var oracle = new ByteOracle(hasHeader: true, bytes);

        Assert.That(packet.TryPrepend(Pattern(300)));
        oracle.Prepend(Pattern(300));
        ChainAssert.Holds(copy, oracle.ToArray());
        Assert.That(copy.TryPullUp(700, out _));
        ChainAssert.Holds(packet, oracle.ToArray());
        oracle.TrimStart(packet.TrimStart(350));
        ChainAssert.Holds(copy, oracle.ToArray());
        oracle.TrimEnd(copy.TrimEnd(120));
        ChainAssert.Holds(packet, oracle.ToArray());
        Assert.That(copy.TryCopyFrom(0, Pattern(60)));
        oracle.CopyBack(0, Pattern(60));
        ChainAssert.Holds(packet, oracle.ToArray());
        Assert.That(packet.TrySplit(0, out MbufChain rest));
        ChainAssert.Holds(copy, []);
        copy.Append(rest);
        ChainAssert.Holds(packet, oracle.ToArray());
        oracle.TrimStart(packet.TrimStart(int.MaxValue));
        Assert.That(copy.TryAppend(Pattern(10)));
        ChainAssert.Holds(packet, Pattern(10));
    }

    [Test]
    public void A_chain_is_passed_by_value_and_changed_by_those_it_is_passed_to()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(100));

        AddHeader(packet);
        RemoveTrailer(in packet);
        ChainAssert.Holds(packet, [1, 2, 3, .. Pattern(100).AsSpan(0, 96)]);

        static void AddHeader(MbufChain chain) => Assert.That(chain.TryPrepend([1, 2, 3]));
        static void RemoveTrailer(in MbufChain chain) => Assert.That(chain.TrimEnd(4), Is.EqualTo(4));
    }

    [Test]
    public void A_helper_may_build_a_chain_and_return_it()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Frame(mbufs, Pattern(10));
        ChainAssert.Holds(packet, [0, 10, .. Pattern(10)]);

        static MbufChain Frame(in MbufScope mbufs, ReadOnlySpan<byte> payload)
        {
            MbufChain chain = mbufs.AllocatePacket();
            Assert.That(chain.TryAppend([0, (byte)payload.Length]) && chain.TryAppend(payload));
            return chain;
        }
    }
}
