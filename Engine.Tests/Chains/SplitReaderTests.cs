using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Readers and writers that stand in what a split gives to another chain.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class SplitReaderTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void They_do_not_go_on_in_the_rest([Values(150, 250)] int place)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(100), Segment.Cluster(100), Segment.Cluster(100));
        MbufReader reader = packet.GetReader();
        MbufWriter writer = packet.GetWriter();
        Assert.That(reader.TrySeek(place) && writer.TrySeek(place));
        Assert.That(packet.TrySplit(100, out MbufChain rest));
        Mbuf given = rest.Detach();
        Assert.That(packet.TryAppend(new byte[1000]));

        Assert.That(IsRefused(ref reader) && IsRefused(ref writer));
        using MbufChain opened = mbufs.Open(given);
        ChainAssert.Holds(opened, bytes.AsSpan(100));
        Assert.That(writer.TrySeek(place) && writer.TryWriteByte(7));
        Assert.That(reader.TrySeek(place) && reader.TryReadByte(out byte read) && read == 7);
    }

    [Test]
    public void They_go_on_in_what_stays([Values(100, 150)] int offset)
    {
        using MbufScope mbufs = Arena.Enter();
        byte[] bytes = Pattern(300);
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(100), Segment.Cluster(100), Segment.Cluster(100));
        MbufReader reader = packet.GetReader();
        Assert.That(reader.TrySeek(50));
        Assert.That(packet.TrySplit(offset, out MbufChain rest));
        using MbufChain owned = rest;

        byte[] read = new byte[offset - 50];
        Assert.That(reader.TryRead(read));
        Assert.That(read, Is.EqualTo(bytes[50..offset]));
    }

    private static bool IsRefused(ref MbufReader reader)
    {
        try
        {
            return !reader.TryReadByte(out _);
        }
        catch (MbufStaleException)
        {
            return true;
        }
    }

    private static bool IsRefused(ref MbufWriter writer)
    {
        try
        {
            return !writer.TryWriteByte(0);
        }
        catch (MbufStaleException)
        {
            return true;
        }
    }
}
