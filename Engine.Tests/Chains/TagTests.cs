using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Packet tags: their list, their life, and how they follow the packet header.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class TagTests(ArenaKind kind) : MbufFixture(kind)
{
    private const uint Cookie = 0xC00C1E;

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(192)]
    [TestCase(193)]
    [TestCase(2048)]
    [TestCase(16_384)]
    public void A_tag_holds_what_it_was_made_for(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufTag tag = mbufs.AllocateTag(Cookie, 7, length);
        Pattern(length).CopyTo(tag.Data);
        Assert.That((tag.Cookie, tag.Type, tag.Length, tag.IsAttached), Is.EqualTo((Cookie, (ushort)7, length, false)));
        Assert.That(tag.Data.SequenceEqual(Pattern(length)));
        using MbufTag copy = tag.Duplicate();
        Assert.That((copy.Cookie, copy.Type, copy.Length), Is.EqualTo((Cookie, (ushort)7, length)));
        Assert.That(copy.Data.SequenceEqual(Pattern(length)));
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(16_385)]
    public void A_length_that_cannot_be_is_refused(int length)
    {
        using MbufScope mbufs = Arena.Enter();
        Expect.Throws<ArgumentOutOfRangeException>(mbufs, scope => scope.AllocateTag(Cookie, 7, length));
    }

    [Test]
    public void The_last_one_prepended_is_the_first()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 2, 3);
        Assert.That(Types(packet), Is.EqualTo(new[] { 3, 2, 1 }));
        Assert.That(packet.IsSane(out string? problem), problem);
    }

    [Test]
    public void Tags_are_found_by_cookie_and_type_from_the_start_or_from_another()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 2, 1);
        using MbufTag common = mbufs.AllocateTag(1, 5);
        packet.PrependTag(common);

        Assert.That(packet.TryFindTag(1, out MbufTag found) && found.Length == 5);
        Assert.That(packet.TryFindTag(Cookie, 1, out MbufTag first) && first.Data[0] == 2, "The one that was prepended last.");
        Assert.That(packet.TryFindTag(Cookie, 1, first, out MbufTag second) && second.Data[0] == 0);
        Assert.That(packet.TryFindTag(Cookie, 1, second, out MbufTag none), Is.False);
        Assert.That(none.IsNull);
        Assert.That(packet.TryFindTag(Cookie + 1, 1, out _), Is.False);
    }

    [TestCase(0, new[] { 2, 1 })]
    [TestCase(1, new[] { 3, 1 })]
    [TestCase(2, new[] { 3, 2 })]
    public void A_tag_can_be_taken_off_wherever_it_is(int place, int[] left)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 2, 3);
        using MbufTag tag = At(packet, place);
        packet.UnlinkTag(tag);
        Assert.That(Types(packet), Is.EqualTo(left));
        Assert.That(tag.IsAttached, Is.False);
        packet.PrependTag(tag);
        Assert.That(Types(packet), Is.EqualTo(new[] { (int)tag.Type }.Concat(left)));
    }

    [TestCase(0, new int[0])]
    [TestCase(1, new[] { 3 })]
    [TestCase(2, new[] { 3, 2 })]
    public void A_tag_and_all_behind_it_can_be_deleted(int place, int[] left)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 2, 3);
        int live = Arena.LiveMbufs;
        packet.DeleteTagsFrom(At(packet, place));
        Assert.That(Types(packet), Is.EqualTo(left));
        Assert.That(live - Arena.LiveMbufs, Is.EqualTo(3 - left.Length));
    }

    [Test]
    public void Those_that_are_not_persistent_can_be_deleted()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 0x800, 2, 0x8FF, 3);
        packet.DeleteNonPersistentTags();
        Assert.That(Types(packet), Is.EqualTo(new[] { 0x8FF, 0x800 }));
        packet.DeleteTag(At(packet, 0));
        packet.DeleteTags();
        packet.DeleteTags();
        packet.DeleteNonPersistentTags();
        Assert.That(Types(packet), Is.Empty);
    }

    [Test]
    public void They_die_with_the_packet_and_are_stale_then()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = Tagged(mbufs, 1, 2);
        MbufTag tag = At(packet, 0);
        packet.Free();
        Assert.That(IsStale(tag));
        Assert.That(Arena.LiveMbufs, Is.Zero);
        tag.Dispose();
    }

    [Test]
    public void They_die_when_the_packet_goes_behind_another()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain first = Tagged(mbufs, 1);
        first.Append(Tagged(mbufs, 2, 3));
        Assert.That(Types(first), Is.EqualTo(new[] { 1 }));
        Assert.That(Arena.LiveMbufs, Is.EqualTo(2), "What is empty is not joined, and goes as well.");
    }

    [Test]
    public void They_stay_with_the_packet_whatever_is_done_with_its_data()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 2);
        Assert.That(packet.TryAppend(Pattern(5000)) && packet.TryPrepend(new byte[300]) && packet.TryPullUp(4000, out _));
        packet.TrimStart(4500);
        packet.TrimEnd(500);
        Assert.That(packet.TrySplit(100, out MbufChain rest));
        using (rest)
        {
            Assert.That(Types(rest), Is.Empty, "A rest has a header of its own.");
            Assert.That(Types(packet), Is.EqualTo(new[] { 2, 1 }));
        }
    }

    [Test]
    public void A_packet_that_is_shared_has_copies_of_its_own()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Tagged(mbufs, 1, 2);
        using MbufChain copy = packet.Share();
        Assert.That(Types(copy), Is.EqualTo(new[] { 2, 1 }));
        At(packet, 0).Data[0] ^= 0xFF;
        Assert.That(At(copy, 0).Data[0], Is.EqualTo(1));
        copy.DeleteTags();
        Assert.That(Types(packet), Is.EqualTo(new[] { 2, 1 }));
    }

    [Test]
    public void A_handle_carries_a_tag_to_another_thread_and_works_once()
    {
        MbufTagHandle handle;
        using (MbufScope mbufs = Arena.Enter())
        {
            MbufTag tag = mbufs.AllocateTag(Cookie, 9, 4);
            Pattern(4).CopyTo(tag.Data);
            handle = tag.Detach();
            Assert.That(IsStale(tag));
            Assert.That(handle.IsNull || handle == default, Is.False);
        }

        var thread = new Thread(() =>
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufTag tag = mbufs.OpenTag(handle);
            Assert.That(tag.Type == 9 && tag.Data.SequenceEqual(Pattern(4)));
        });
        thread.Start();
        thread.Join();
        using MbufScope again = Arena.Enter();
        Expect.Throws<MbufStaleException>(again, scope => scope.OpenTag(handle));
        Expect.Throws<MbufException>(again, static scope => scope.OpenTag(default));
    }

    private static bool IsStale(MbufTag tag)
    {
        try
        {
            _ = tag.Length;
            return false;
        }
        catch (MbufStaleException)
        {
            return true;
        }
    }

    /// <summary>A packet with tags, prepended in this order; the first byte of each is its number, from 0.</summary>
    internal static MbufChain Tagged(in MbufScope mbufs, params ReadOnlySpan<int> types)
    {
        MbufChain packet = mbufs.AllocatePacket();
        for (int i = 0; i < types.Length; i++)
        {
            MbufTag tag = mbufs.AllocateTag(Cookie, (ushort)types[i], 8);
            tag.Data.Fill((byte)i);
            packet.PrependTag(tag);
        }

        return packet;
    }

    internal static int[] Types(MbufChain packet)
    {
        var types = new List<int>();
        foreach (MbufTag tag in packet.Tags)
        {
            Assert.That(tag.IsAttached);
            types.Add(tag.Type);
        }

        return [.. types];
    }

    private static MbufTag At(in MbufChain packet, int place)
    {
        foreach (MbufTag tag in packet.Tags)
        {
            if (place-- == 0)
            {
                return tag;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(place));
    }
}
