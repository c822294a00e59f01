using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Handles that no Detach gave: what they name is refused unless it is a live packet at that very generation.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class MadeHandleTests(ArenaKind kind) : MbufFixture(kind)
{
    /// <summary>Every mbuf from the first to far beyond those that were carved, at every generation near the true one.</summary>
    [Test]
    public void No_free_or_interior_mbuf_tag_or_uncarved_header_is_opened_or_freed()
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            using MbufChain packet = Build(mbufs, Pattern(400), Segment.Cluster(100), Segment.Internal(100), Segment.Cluster(200));
            using MbufTag tag = mbufs.AllocateTag(type: 7, length: 20);
            mbufs.AllocatePacket().Free();
            mbufs.AllocateMbuf().Free();
            for (uint index = 1; index <= (uint)Arena.GetLimit(MbufZone.Mbufs); index++)
            {
                ref MbufHeader header = ref Arena.Memory.Header(index);
                bool isHead = index == packet.Index;
                for (uint near = 0; near < 5; near++)
                {
                    AssertRefused(mbufs, index, header.Generation + near - 2, mayBeLive: isHead || IsFreePair(ref header));
                }

                AssertRefused(mbufs, index, header.Generation, mayBeLive: isHead || IsFreePair(ref header));
            }

            ChainAssert.Holds(packet, Pattern(400));
            Assert.That(tag.Length, Is.EqualTo(20));
        }

        Arena.Audit().ThrowIfInconsistent();
    }

    [Test]
    public void The_next_generations_of_a_packet_that_was_freed_are_not_to_be_guessed()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf handle = mbufs.AllocatePacket().Detach();
        mbufs.Free([handle]);
        for (uint guess = 1; guess <= 10_000; guess++)
        {
            uint above = handle.Generation + guess;
            uint below = handle.Generation - guess;
            Mbuf[] made = [new Mbuf(handle.Slot, above), new Mbuf(handle.Slot, below)];
            Assert.That(Thrown.By(mbufs, made, static (in scope, handles) => scope.Free(handles)), Is.TypeOf<MbufDoubleFreeException>());
        }

        Assert.That(Thrown.By(mbufs, new Mbuf(handle.Slot, handle.Generation + 1), static (in scope, made) => scope.Open(made)), Is.TypeOf<MbufStaleException>());
        Arenas.FreeAll(mbufs, Arenas.TakeAll(mbufs, static (in scope) => scope.AllocatePacket()));
    }

    [Test]
    public void A_tag_is_no_packet_and_a_packet_no_tag()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf packet = mbufs.AllocatePacketWithoutCluster().Detach();
        MbufTagHandle tag = mbufs.AllocateTag(type: 7, length: 20).Detach();
        Assert.That(Thrown.By(mbufs, packet, static (in scope, handle) => scope.OpenTag(new MbufTagHandle(handle))), Is.TypeOf<MbufStaleException>());
        Assert.That(Thrown.By(mbufs, tag.Mbuf, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufStaleException>());
        Assert.That(Thrown.By(mbufs, tag.Mbuf, static (in scope, handle) => scope.Free([handle])), Is.TypeOf<MbufDoubleFreeException>());
        mbufs.OpenTag(tag).Free();
        mbufs.Open(packet).Free();
    }

    [Test]
    public void A_tag_on_a_packet_is_not_opened()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        packet.PrependTag(mbufs.AllocateTag(type: 7, length: 20));
        Assert.That(packet.TryFindTag(7, out MbufTag tag));
        uint generation = Arena.Memory.Header(tag.Index).Generation;
        var made = new MbufTagHandle(new Mbuf(Arena.FirstSlot + tag.Index, generation));
        Assert.That(Thrown.By(mbufs, made, static (in scope, handle) => scope.OpenTag(handle)), Is.TypeOf<MbufStaleException>());
    }

    [Test]
    public void Bytes_of_a_packet_are_not_seen_as_a_claim()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Pattern(200));
        Expect.Throws<ArgumentException>(packet, static chain => _ = chain.FirstAs<Mbuf>());
        Expect.Throws<ArgumentException>(packet, static chain => _ = chain.FirstAs<MbufTagHandle>());
        Expect.Throws<ArgumentException>(packet, static chain => _ = chain.FirstAs<MbufExternalStorage>());
        Expect.Throws<ArgumentException>(packet, static chain => _ = chain.FirstAs<Wrapped>());
        Expect.Throws<ArgumentException>(packet, static chain => _ = chain.WritableFirstAs<Mbuf>());
        Expect.Throws<ArgumentException>(packet, static chain => _ = chain.WritableFirstAs<Wrapped>());
        Assert.That(packet.FirstAs<ulong>(), Is.Not.Zero);
    }

    private static bool IsFreePair(ref MbufHeader header) => header.Flags == HeaderFlags.FreePair;

    private void AssertRefused(in MbufScope mbufs, uint index, uint generation, bool mayBeLive)
    {
        if (mayBeLive && Arena.Memory.Header(index).Generation == generation)
        {
            return; // It is a live claim, or, of a free pair, one that nobody can know.
        }

        var made = new Mbuf(Arena.FirstSlot + index, generation);
        Assert.That(Thrown.By(mbufs, made, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufStaleException>(), made.ToString());
        Assert.That(Thrown.By(mbufs, made, static (in scope, handle) => scope.Free([handle])), Is.TypeOf<MbufDoubleFreeException>(), made.ToString());
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Wrapped
    {
        public uint Length;
        public Inner Inside;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Inner
    {
        public Mbuf Handle;
    }
}
