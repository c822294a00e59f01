using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// An arena for secrets leaves none behind: looked for in the memory itself, at once after whatever ended the storage. The fixture looks once
/// more at all of it, as it does after every test of a verb.
/// </summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class ClearOnFreeTests(bool isChecked) : MbufFixture(new ArenaKind(Headroom: 128, isChecked, Clears: true))
{
    private static readonly MbufClusterSize[] s_sizes = Enum.GetValues<MbufClusterSize>();

    public enum Ending
    {
        Free,
        Dispose,
        FreeInBulk,
        DrainOfItsQueue,
        FreeOnAnotherThread,
        FreeOfItsShares,
        FreeOfItsPartsInBulk,
        Trim,
        Append,
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 300, clusters: 100, pages: 8, jumbo9: 4, jumbo16: 8);

    [Test]
    public void Storage_is_zero_however_its_packet_ends(
        [Values] Ending ending, [ValueSource(typeof(Layouts), nameof(Layouts.Names))] string layout)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(Layouts.LengthOf(layout)), Layouts.All[layout]);
        List<(ZoneId Kind, uint Storage)> storages = Contents.StoragesOf(packet);
        FreePartners(mbufs);
        End(mbufs, packet, ending);

        foreach ((ZoneId kind, uint storage) in storages)
        {
            Contents.AssertGone(Arena, kind, storage);
        }
    }

    [Test]
    public void A_storage_that_others_share_stays_as_it_is_until_the_last_of_them_ends([ValueSource(nameof(s_sizes))] MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacket(size);
        Assert.That(packet.TryAppend(Pattern(1000)));
        List<(ZoneId Kind, uint Storage)> storages = Contents.StoragesOf(packet);
        MbufChain share = packet.Share();
        packet.Free();
        ChainAssert.Holds(share, Pattern(1000));
        share.Free();

        Contents.AssertGone(Arena, storages[1].Kind, storages[1].Storage);
    }

    [Test]
    public void Every_byte_of_a_storage_is_cleared_and_not_only_those_that_are_data([ValueSource(nameof(s_sizes))] MbufClusterSize size)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacket(size);
        Assert.That(packet.TryAppend(packet.Tailroom, out Span<byte> room) && packet.TryPrepend(packet.Headroom, out _));
        packet.TryGetWritable(out room);
        room.Fill(0xEE);
        List<(ZoneId Kind, uint Storage)> storages = Contents.StoragesOf(packet);
        Assert.That(room.Length, Is.EqualTo(Contents.Of(Arena, storages[1].Kind, storages[1].Storage).Length));
        packet.TrimStart(packet.Length - 1);
        packet.Free();

        Contents.AssertGone(Arena, storages[1].Kind, storages[1].Storage);
    }

    [Test]
    public void Tags_are_cleared_however_they_end([Values(10, 192, 193, 5000)] int length, [Values] bool isOnPacket)
    {
        using MbufScope mbufs = Arena.Enter();
        MbufTag tag = mbufs.AllocateTag(7, 1, length);
        tag.Data.Fill(0xEE);
        ref MbufHeader header = ref Arena.Memory.Header(tag.Index);
        (ZoneId kind, uint storage, uint index) = (header.Kind, header.Storage, tag.Index);
        if (isOnPacket)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.PrependTag(tag);
            packet.Free();
        }
        else
        {
            tag.Free();
        }

        Contents.AssertGone(Arena, ZoneId.Mbuf, index);
        Contents.AssertGone(Arena, kind, storage);
    }

    /// <summary>An internal buffer moves by copying: what it leaves in an mbuf that lives on goes at once.</summary>
    [Test]
    public void A_buffer_that_moved_leaves_nothing_behind()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(192), Segment.Internal(192));
        Assert.That(packet.TryPrepend(new byte[40]) && packet.SegmentCount == 2);

        Assert.That(Contents.Of(Arena, ZoneId.Mbuf, packet.Index).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        ChainAssert.Holds(packet, [.. new byte[40], .. Pattern(192)]);
    }

    [Test]
    public void A_buffer_whose_bytes_a_cluster_took_over_is_empty()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(300), Segment.Internal(150), Segment.Internal(150));
        Assert.That(packet.TryPullUp(300, out _) && packet.SegmentCount == 1);

        Assert.That(Contents.Of(Arena, ZoneId.Mbuf, packet.Index).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        ChainAssert.Holds(packet, Pattern(300));
    }

    [Test]
    public void A_buffer_whose_packet_was_laid_out_anew_is_empty([Values] bool isCollapsed)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(450), Segment.Internal(150), Segment.Internal(150), Segment.Internal(150));
        Assert.That((isCollapsed ? packet.TryCollapse(1) : packet.TrySplitSegments(450)) && packet.SegmentCount == 1);

        Assert.That(Contents.Of(Arena, ZoneId.Mbuf, packet.Index).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        ChainAssert.Holds(packet, Pattern(450));
    }

    [Test]
    public void A_buffer_whose_packet_was_moved_to_a_cluster_of_its_own_is_empty()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(1150), Segment.Internal(150), Segment.Shared(1000));
        Assert.That(packet.TryDefragment() && packet.SegmentCount == 1);

        Assert.That(Contents.Of(Arena, ZoneId.Mbuf, packet.Index).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        ChainAssert.Holds(packet, Pattern(1150));
        FreePartners(mbufs);
    }

    [Test]
    public void A_cluster_that_a_private_copy_replaced_is_cleared_when_its_other_owner_goes()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(1000), Segment.Shared(1000));
        (ZoneId kind, uint storage) = Contents.StoragesOf(packet)[1];
        Assert.That(packet.TryUnshare());
        FreePartners(mbufs);

        Contents.AssertGone(Arena, kind, storage);
        ChainAssert.Holds(packet, Pattern(1000));
    }

    [Test]
    public void A_read_only_cluster_that_a_private_copy_replaced_is_cleared_at_once()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Build(mbufs, Pattern(1000), Segment.ReadOnly(1000));
        (ZoneId kind, uint storage) = Contents.StoragesOf(packet)[1];
        Assert.That(packet.TryUnshare());

        Contents.AssertGone(Arena, kind, storage);
    }

    [Test]
    public void What_is_attached_is_its_owners()
    {
        byte[] memory = Pattern(500);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(memory, 500));
        packet.Free();

        Assert.That(memory, Is.EqualTo(Pattern(500)));
    }

    [Test]
    public void A_packet_that_is_allocated_again_is_zero_and_comes_by_the_fast_path()
    {
        using MbufArena arena = new(new MbufArenaOptions { Mbufs = 64, Clusters = 64, HugePages = false, ClearOnFree = true });
        using MbufScope mbufs = arena.Enter();
        using (MbufChain first = Packet(mbufs, Pattern(2000)))
        {
            Assert.That((first.Cache.Hot.PopLimit, first.Cache.Hot.FreeLimit), Is.EqualTo((Mbuf.AnyIndex, 0u)));
        }

        using MbufChain again = mbufs.AllocatePacket();
        Assert.That(again.TryAppend(again.Tailroom, out Span<byte> room) && room.IndexOfAnyExcept((byte)0) < 0);
    }

    /// <summary>What an arena over the heap does before it gives its memory back; where it is mapped, the kernel clears the pages.</summary>
    [Test]
    public void All_that_was_ever_used_can_be_cleared_at_the_end()
    {
        using MbufArena arena = NewArena(mbufs: 300, clusters: 100, pages: 8, jumbo9: 4, jumbo16: 8);
        using (MbufScope mbufs = arena.Enter())
        {
            foreach (string layout in Layouts.Names)
            {
                _ = Build(mbufs, Pattern(Layouts.LengthOf(layout)), Layouts.All[layout]).Detach(); // Live when the arena ends.
            }

            FreePartners(mbufs);
        }

        Assert.That(() => Contents.AssertGone(arena), Throws.TypeOf<AssertionException>());
        arena.ClearCarved();
        Contents.AssertGone(arena);
        arena.Dispose();
    }

    private void End(in MbufScope mbufs, MbufChain packet, Ending ending)
    {
        switch (ending)
        {
            case Ending.Free:
                packet.Free();
                break;
            case Ending.Dispose:
                packet.Dispose();
                break;
            case Ending.FreeInBulk:
                mbufs.Free([packet.Detach()]);
                break;
            case Ending.DrainOfItsQueue:
                var queue = new MbufQueue(Arena);
                Assert.That(queue.TryEnqueue(packet));
                queue.Drain(mbufs);
                break;
            case Ending.FreeOnAnotherThread:
                Mbuf handle = packet.Detach();
                FreeElsewhere(handle);
                break;
            case Ending.FreeOfItsShares:
                MbufChain share = packet.Share();
                packet.Free();
                share.Free();
                break;
            case Ending.FreeOfItsPartsInBulk:
                mbufs.Free([packet.Share().Detach(), packet.Share().Detach(), packet.Detach()]);
                break;
            case Ending.Trim:
                packet.TrimEnd(packet.Length / 2);
                packet.TrimStart(packet.Length);
                packet.Free();
                break;
            case Ending.Append:
                MbufChain before = mbufs.AllocatePacket();
                before.Append(packet);
                before.Free();
                break;
        }
    }

    private void FreeElsewhere(Mbuf handle)
    {
        var thread = new Thread(() =>
        {
            using MbufScope mbufs = Arena.Enter();
            mbufs.Open(handle).Free();
        });
        thread.Start();
        thread.Join();
    }
}
