using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Storage whose references the caller counts.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ExternalCountedTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void A_counter_of_the_caller_decides_when_it_is_over()
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Attach(mbufs, memory, count: 1);
        Assert.That(packet.IsWritable && packet.ReferenceCount == 1);
        MbufChain copy = packet.Share();
        Assert.That((memory.Counter, packet.IsWritable), Is.EqualTo((2, false)));
        Interlocked.Increment(ref memory.Counter);
        packet.Free();
        copy.Free();
        Assert.That((memory.Counter, memory.Calls), Is.EqualTo((1, 0)), "The caller's own reference is left.");
        Assert.That(Arena.GetStatistics().ExternalStorages.Current, Is.Zero, "The arena has done with it.");

        packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(memory.Describe(MbufExternalType.CallerCounted), 100));
        packet.Free();
        Assert.That((memory.Counter, memory.Calls), Is.EqualTo((0, 1)));
    }

    [Test]
    public void A_counter_that_has_reached_its_end_stays_there_and_nothing_is_given_back()
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Attach(mbufs, memory, count: int.MaxValue - 1);
        packet.Append(Build(mbufs, Pattern(300), Segment.Cluster(300)));
        using (MbufChain first = packet.Share())
        using (MbufChain second = packet.Share())
        {
            Assert.That(memory.Counter, Is.EqualTo(int.MaxValue));
            Assert.That(second.TrySplit(50, out MbufChain rest));
            rest.Free();
        }

        packet.Free();
        Assert.That((memory.Counter, memory.Calls), Is.EqualTo((int.MaxValue, 0)));
        Assert.That((Arena.LiveMbufs, Arena.GetStatistics().ExternalStorages.Current), Is.EqualTo((0, 0)));
    }

    /// <summary>A packet over memory whose counter says that it is one of a number of references.</summary>
    internal static MbufChain Attach(in MbufScope mbufs, Attachment memory, int count)
    {
        memory.Counter = count;
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.DangerousTryAttachExternal(memory.Describe(MbufExternalType.CallerCounted), memory.Size));
        return packet;
    }
}
