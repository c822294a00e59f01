using System.Buffers;
using System.Runtime.CompilerServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>What can be attached, what is refused, and that managed memory is held and let go.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class AttachTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void Managed_memory_is_the_data_and_its_room()
    {
        byte[] memory = Pattern(1000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(memory.AsMemory(100, 800), 300));
        ChainAssert.Holds(packet, memory.AsSpan(100, 300));
        Assert.That(packet.TryAppend(Pattern(500, seed: 2)) && packet.SegmentCount == 1);
        Assert.That(memory.AsSpan(400, 500).SequenceEqual(Pattern(500, seed: 2)));
        Assert.That(packet.IsWritable);
    }

    [Test]
    public void Read_only_managed_memory_cannot_be_written()
    {
        ReadOnlyMemory<byte> memory = Pattern(1000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(memory));
        ChainAssert.Holds(packet, memory.Span);
        Assert.That(packet.IsWritable, Is.False);
        Assert.That(packet.TryPrepend([1]) && packet.TryAppend([2]) && packet.SegmentCount == 3);
        Assert.That(memory.Span.SequenceEqual(Pattern(1000)));
    }

    [Test]
    public void An_owner_is_disposed_when_the_last_packet_goes()
    {
        var owner = new Owner(256);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(owner, 10));
        MbufChain copy = packet.Share();
        packet.Free();
        Assert.That(owner.Disposals, Is.Zero);
        copy.Free();
        Assert.That(owner.Disposals, Is.EqualTo(1));
    }

    [Test]
    public void Without_a_record_nothing_happens()
    {
        using MbufArena arena = new(new MbufArenaOptions { Mbufs = 4, Clusters = 0, ExternalStorages = 1, HugePages = false });
        using MbufScope mbufs = arena.Enter();
        using var memory = new Attachment(10);
        using MbufChain only = memory.Attach(mbufs);
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        var before = ChainSnapshot.Of(packet);
        var owner = new Owner(10);
        using var other = new Attachment(10);

        Assert.That(packet.TryAttachExternal(owner, 10), Is.False);
        Assert.That(packet.TryAttachExternal(new byte[5], 5), Is.False);
        Assert.That(packet.DangerousTryAttachExternal(other.Describe(), 10), Is.False);

        before.AssertUnchanged(packet);
        Assert.That((owner.Disposals, other.Calls), Is.EqualTo((0, 0)));
        Assert.That(arena.GetStatistics().ExternalStorages.Denied, Is.EqualTo(3));
    }

    [Test]
    public void Memory_is_let_go_when_the_packet_is()
    {
        WeakReference memory = AttachAndFree();
        for (int round = 0; round < 10 && memory.IsAlive; round++)
        {
            GC.Collect();
        }

        Assert.That(memory.IsAlive, Is.False);
    }

    [Test]
    public void Only_an_empty_first_mbuf_with_its_own_buffer_takes_storage()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain withData = Build(mbufs, Pattern(1), Segment.Internal(1));
        using MbufChain withCluster = mbufs.AllocatePacket();
        using var memory = new Attachment(10);
        using MbufChain withStorage = memory.Attach(mbufs);
        Expect.Throws<InvalidOperationException>(withData, static chain => chain.TryAttachExternal(new byte[1], 1));
        Expect.Throws<InvalidOperationException>(withCluster, static chain => chain.TryAttachExternal(new byte[1], 1));
        Expect.Throws<InvalidOperationException>(withStorage, static chain => chain.TryAttachExternal(new byte[1], 1));
    }

    [Test]
    public void An_empty_head_before_data_takes_storage()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(70), Segment.Empty, Segment.Internal(70));
        Assert.That(packet.TryAttachExternal(Pattern(30, seed: 2), 30));
        ChainAssert.Holds(packet, [.. Pattern(30, seed: 2), .. Pattern(70)]);
    }

    [Test]
    public void Nothing_at_all_can_be_attached()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(Memory<byte>.Empty, 0));
        ChainAssert.Holds(packet, []);
        Assert.That((packet.Headroom, packet.Tailroom), Is.EqualTo((0, 0)));
    }

    [TestCase(-1)]
    [TestCase(11)]
    [TestCase(int.MinValue)]
    public void A_length_outside_the_memory_is_refused(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Expect.Throws<ArgumentOutOfRangeException>(packet, chain => chain.TryAttachExternal(new byte[10], length));
        ChainAssert.Holds(packet, []);
    }

    [Test]
    public unsafe void Descriptions_that_contradict_themselves_are_refused()
    {
        using var memory = new Attachment(16);
        MbufExternalStorage[] wrong =
        [
            new() { Size = 16, Type = MbufExternalType.Module },
            new() { Address = (void*)64, Size = -1, Type = MbufExternalType.Module },
            new() { Address = (void*)64, Size = 16 },
            new() { Address = (void*)64, Size = 16, Type = MbufExternalType.Cluster },
            new() { Address = (void*)64, Size = 16, Type = MbufExternalType.CallerCounted },
            new() { Address = (void*)64, Size = 16, Type = MbufExternalType.Module, Flags = MbufFlags.Broadcast },
            memory.Describe(MbufExternalType.CallerCounted), // counts 0 references
        ];
        foreach (MbufExternalStorage storage in wrong)
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Assert.That(IsRefused(packet, storage));
            ChainAssert.Holds(packet, []);
        }
    }

    private static bool IsRefused(MbufChain packet, in MbufExternalStorage storage)
    {
        try
        {
            _ = packet.DangerousTryAttachExternal(storage, 0);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference AttachAndFree()
    {
        byte[] memory = new byte[100];
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(memory, 100));
        return new WeakReference(memory);
    }

    private sealed class Owner(int size) : IMemoryOwner<byte>
    {
        public int Disposals { get; private set; }

        public Memory<byte> Memory { get; } = new byte[size];

        public void Dispose() => Disposals++;
    }
}
