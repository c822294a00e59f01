using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>A partner of shared storage is freed in the middle of an operation that takes memory, on the same thread.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class GrowthTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Length = 100;

    [Test]
    public void What_is_written_over_and_behind_a_shared_end_is_right_if_it_stops_being_shared_on_the_way([Range(0, Length)] int offset)
    {
        byte[] bytes = Pattern(Length + 300);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, new byte[Length], Segment.Shared(Length));
        var hoard = Hoard.OfEverythingBut(mbufs, plain: 1);
        using IDisposable registration = Arena.RegisterReclaim(FreePartner);

        bool written = packet.TryCopyFrom(offset, bytes.AsSpan(offset));
        hoard.Release(mbufs);
        Assert.That(written, "The partner gave up its mbuf, and its callback a cluster.");
        bytes.AsSpan(0, offset).Clear();
        ChainAssert.Holds(packet, bytes);

        void FreePartner()
        {
            using MbufScope others = Arena.Enter();
            FreePartners(others);
            hoard.ReleaseClusters(others, 1);
        }
    }

    [Test]
    public void What_is_appended_behind_a_shared_end_is_right_if_it_stops_being_shared_on_the_way()
    {
        byte[] bytes = Pattern(Length + 300);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, bytes[..Length], Segment.Shared(Length));
        var hoard = Hoard.OfEverything(mbufs);
        using IDisposable registration = Arena.RegisterReclaim(FreePartner);

        bool appended = packet.TryAppend(bytes.AsSpan(Length));
        hoard.Release(mbufs);
        Assert.That(appended);
        ChainAssert.Holds(packet, bytes);
        Assert.That(ChainAssert.Lengths(packet), Is.EqualTo(new[] { Length, 300 }), "Room is used where it was when the operation began.");

        void FreePartner()
        {
            using MbufScope others = Arena.Enter();
            FreePartners(others);
            hoard.ReleaseClusters(others, 1);
        }
    }
}
