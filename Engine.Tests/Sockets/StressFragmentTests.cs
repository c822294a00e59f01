using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Packets that come apart before they are sent: the same bytes arrive.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class StressFragmentTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly SocketForm[] s_forms =
        OperatingSystem.IsLinux() ? [SocketForm.Public, SocketForm.Descriptor] : [SocketForm.Public];

    private SocketPair _pair = null!;

    [SetUp]
    public void Connect() => _pair = new SocketPair(Transport.Tcp4);

    [TearDown]
    public void Disconnect() => _pair.Dispose();

    [Test]
    public void What_is_sent_comes_apart_into_mbufs_of_that_size([Values(1, 7, 100, 192, 193, 1000, 2048)] int size, [Range(0, 1)] int form)
    {
        byte[] bytes = Pattern(200);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, bytes, Segment.Cluster(100), Segment.Empty, Segment.Shared(100));
        Arena.Stress.MaximumSegmentLength = size;
        Arena.Stress.FailAllocationNumber = long.MaxValue;
        MbufSocketResult sent = s_forms[form % s_forms.Length].Send(_pair.Near, packet);
        Assert.That((sent.Status, sent.Bytes, sent.Offered), Is.EqualTo((MbufSocketStatus.Transferred, 200, 200)));
        Assert.That(Arena.Stress.Allocations, Is.EqualTo((200 + size - 1) / size), "one for each mbuf that it came apart into");
        Assert.That(_pair.ReadAtFar(200), Is.EqualTo(bytes));
        ChainAssert.Holds(packet, []);
    }

    [Test]
    public void Without_memory_it_is_sent_as_it_is()
    {
        byte[] bytes = Pattern(300);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, bytes, Segment.Internal(100), Segment.Cluster(200));
        Arena.Stress.MaximumSegmentLength = 10;
        Arena.Stress.FailAllocationNumber = 15;
        Assert.That(MbufSocket.Send(_pair.Near, packet).Bytes, Is.EqualTo(300));
        Assert.That(Arena.Stress.FailAllocationNumber, Is.Zero);
        Assert.That(_pair.ReadAtFar(300), Is.EqualTo(bytes));
    }

    [Test]
    public void An_empty_packet_and_one_that_is_sent_while_it_is_off_are_left_alone()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain empty = mbufs.AllocatePacket();
        Arena.Stress.MaximumSegmentLength = 1;
        var snapshot = ChainSnapshot.Of(empty);
        Assert.That(MbufSocket.Send(_pair.Near, empty).Bytes, Is.Zero);
        snapshot.AssertUnchanged(empty);

        Arena.Stress.MaximumSegmentLength = 0;
        Arena.Stress.AllocationFailureRate = 1;
        Assert.That(empty.TryAppend(Pattern(10)));
        Assert.That(MbufSocket.Send(_pair.Near, empty).Bytes, Is.EqualTo(10));
        Assert.That(Arena.Stress.Allocations, Is.Zero);
    }

    [Test]
    public void Sizes_that_no_mbuf_has_are_refused([Values(-1, 2049, int.MinValue, int.MaxValue)] int size)
    {
        Assert.That(() => Arena.Stress.MaximumSegmentLength = size, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(Arena.Stress.MaximumSegmentLength, Is.Zero);
    }

    [Test]
    public void Coming_apart_allocates_no_managed_memory()
    {
        byte[] bytes = Pattern(1000);
        byte[] received = new byte[1000];
        Arena.Stress.MaximumSegmentLength = 100;
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            using MbufChain packet = mbufs.AllocatePacket();
            Contracts.Must.Hold(packet.TryAppend(bytes) && MbufSocket.Send(_pair.Near, packet).Bytes == 1000);
            for (int read = 0; read < received.Length;)
            {
                read += _pair.Far.Receive(received.AsSpan(read));
            }
        });
        Assert.That(received, Is.EqualTo(bytes));
    }
}
