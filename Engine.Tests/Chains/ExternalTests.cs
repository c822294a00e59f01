using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Storage outside the arena: attached, shared, written, and given back once.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ExternalTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    public void The_data_lies_in_the_memory_that_was_attached()
    {
        using var memory = new Attachment(1000);
        Pattern(1000).CopyTo(memory.Bytes);
        using (MbufScope mbufs = Arena.Enter())
        {
            using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Assert.That(packet.DangerousTryAttachExternal(memory.Describe(), 600));
            ChainAssert.Holds(packet, Pattern(1000).AsSpan(0, 600));
            Assert.That(packet.Tailroom, Is.EqualTo(400));
            Assert.That(packet.Headroom, Is.Zero);
            Assert.That(packet.Flags, Is.EqualTo(MbufFlags.External | MbufFlags.PacketHeader));
            memory.Bytes[0] ^= 0xFF;
            Assert.That(packet.FirstSpan[0], Is.EqualTo(memory.Bytes[0]));
            Assert.That(packet.TryAppend(Pattern(400, seed: 2)) && packet.SegmentCount == 1);
            Assert.That(memory.Bytes[600..].SequenceEqual(Pattern(400, seed: 2)));
            Assert.That(memory.Calls, Is.Zero);
        }

        Assert.That((memory.Calls, memory.Wrong), Is.EqualTo((1, 0)));
    }

    /// <summary>The arena's only record is taken; who is asked to free it changes the variable that the description came in.</summary>
    [Test]
    public void A_description_that_foreign_code_changes_meanwhile_is_attached_as_it_was()
    {
        using var memory = new Attachment(1000);
        using var other = new Attachment(10);
        using MbufArena arena = new(new MbufArenaOptions { Mbufs = 64, Clusters = 64, ExternalStorages = 1, HugePages = false, Checked = Kind.Checked });
        Pattern(1000).CopyTo(memory.Bytes);
        MbufExternalStorage description = memory.Describe();
        Mbuf hoard;
        using (MbufScope mbufs = arena.Enter())
        {
            hoard = other.Attach(mbufs).Detach();
        }

        using IDisposable registration = arena.RegisterReclaim(() =>
        {
            using MbufScope inner = arena.Enter();
            inner.Open(hoard).Free();
            description = other.Describe();
        });
        using (MbufScope mbufs = arena.Enter())
        {
            using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Assert.That(packet.DangerousTryAttachExternal(in description, 1000));
            ChainAssert.Holds(packet, Pattern(1000));
        }

        Assert.That((memory.Calls, memory.Wrong, other.Calls), Is.EqualTo((1, 0, 1)));
    }

    [Test]
    public unsafe void It_describes_itself()
    {
        using var memory = new Attachment(64);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs, MbufFlags.ReadOnly);
        MbufExternalStorage given = memory.Describe(flags: MbufFlags.ReadOnly);

        Assert.That(packet.DangerousTryGetExternal(out MbufExternalStorage found));
        Assert.That(
            (found.Size, found.Argument1, found.Argument2, found.Type, found.Flags),
            Is.EqualTo((64, given.Argument1, given.Argument2, MbufExternalType.Module, MbufFlags.ReadOnly)));
        Assert.That(found.Address == given.Address && found.Counter is null && (nint)found.Routine == (nint)given.Routine);
    }

    [Test]
    public unsafe void Clusters_describe_themselves_too_and_internal_buffers_are_not_external()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain plain = mbufs.AllocateMbuf();
        Assert.That(plain.DangerousTryGetExternal(out MbufExternalStorage none), Is.False);
        Assert.That(none.Address is null && none.Size == 0 && none.Type == MbufExternalType.None);
        (MbufClusterSize Size, MbufExternalType Type)[] clusters =
        [
            (MbufClusterSize.Standard, MbufExternalType.Cluster),
            (MbufClusterSize.Page, MbufExternalType.PageCluster),
            (MbufClusterSize.Jumbo9, MbufExternalType.Jumbo9Cluster),
            (MbufClusterSize.Jumbo16, MbufExternalType.Jumbo16Cluster),
        ];
        foreach ((MbufClusterSize size, MbufExternalType type) in clusters)
        {
            using MbufChain cluster = mbufs.AllocateMbufWithCluster(size);
            Assert.That(cluster.DangerousTryGetExternal(out MbufExternalStorage storage));
            Assert.That((storage.Size, storage.Type), Is.EqualTo(((int)size + Kind.Headroom, type)));
            Assert.That(storage.Address is not null);
        }
    }

    [Test]
    public void The_routine_is_called_when_the_last_packet_goes_whichever_that_is([Values] bool originalFirst)
    {
        using var memory = new Attachment(500);
        Pattern(500).CopyTo(memory.Bytes);
        using MbufScope mbufs = Arena.Enter();
        MbufChain original = memory.Attach(mbufs);
        MbufChain copy = original.Share();
        MbufChain third = copy.Share();
        Assert.That((original.ReferenceCount, original.IsWritable, third.IsWritable), Is.EqualTo((3, false, false)));

        third.Free();
        (originalFirst ? original : copy).Free();
        Assert.That(memory.Calls, Is.Zero);
        MbufChain last = originalFirst ? copy : original;
        ChainAssert.Holds(last, Pattern(500));
        Assert.That(last.IsWritable && last.ReferenceCount == 1);
        last.Free();

        Assert.That((memory.Calls, memory.Wrong), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_cut_shares_the_storage_and_each_half_keeps_it_alive()
    {
        using var memory = new Attachment(500);
        Pattern(500).CopyTo(memory.Bytes);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = memory.Attach(mbufs);
        Assert.That(packet.TrySplit(200, out MbufChain rest));
        packet.Free();
        Assert.That(memory.Calls, Is.Zero);
        ChainAssert.Holds(rest, Pattern(500).AsSpan(200));
        rest.Free();
        Assert.That(memory.Calls, Is.EqualTo(1));
    }

    [Test]
    public void Read_only_storage_is_read_only_in_every_copy_also_when_one_is_left()
    {
        using var memory = new Attachment(500);
        using MbufScope mbufs = Arena.Enter();
        MbufChain original = memory.Attach(mbufs, MbufFlags.ReadOnly);
        using MbufChain copy = original.Share();
        original.Free();
        Assert.That(copy.IsWritable, Is.False);
        Assert.That(copy.TryGetWritable(out _), Is.False);
        Assert.That((copy.Headroom, copy.Tailroom), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Writing_a_copy_back_goes_into_private_storage_and_gives_up_the_reference()
    {
        using var memory = new Attachment(500);
        Pattern(500).CopyTo(memory.Bytes);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs, MbufFlags.ReadOnly);
        Assert.That(packet.TryCopyFrom(10, [1, 2, 3]));
        Assert.That(memory.Bytes.SequenceEqual(Pattern(500)), "The attached memory was not written.");
        Assert.That(memory.Calls, Is.EqualTo(1));
        Assert.That(packet.IsWritable);
    }

    [Test]
    public void Verbs_that_drop_it_call_the_routine_at_their_end()
    {
        using MbufScope mbufs = Arena.Enter();
        AssertReleasedBy(mbufs, static packet => packet.TrimStart(150));
        AssertReleasedBy(mbufs, static packet => packet.TrimStart(int.MaxValue));
        AssertReleasedBy(mbufs, static packet => packet.TryPullUp(150, out _));
    }

    [Test]
    public void Trimming_the_end_drops_it_too()
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(50), Segment.Internal(50));
        packet.Append(memory.Attach(mbufs));
        packet.TrimEnd(100);
        Assert.That(memory.Calls, Is.EqualTo(1));
        ChainAssert.Holds(packet, Pattern(50));
    }

    [Test]
    public void Bulk_free_and_queues_drop_it_too()
    {
        using var first = new Attachment(100);
        using var second = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([first.Attach(mbufs).Detach()]);
        var queue = new MbufQueue(Arena);
        queue.TryEnqueue(second.Attach(mbufs));
        queue.Drain(mbufs);
        Assert.That((first.Calls, second.Calls), Is.EqualTo((1, 1)));
    }

    private void AssertReleasedBy(in MbufScope mbufs, Action<MbufChain> verb)
    {
        using var memory = new Attachment(100);
        using MbufChain packet = memory.Attach(mbufs);
        packet.Append(Build(mbufs, Pattern(300), Segment.Cluster(300)));
        verb(packet);
        Assert.That((memory.Calls, memory.Wrong), Is.EqualTo((1, 0)));
        Assert.That(packet.IsSane(out string? problem), problem);
    }
}
