using System.Reflection;
using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>
/// docs/safety.md, "Never": packets with two owners, and with none, in normal and in checked mode. What the slower of two threads finds,
/// which compared before the faster one wrote, is put where that thread would find it: a test cannot wait for such a moment.
/// </summary>
[Category("Contracts")]
[TestFixture(false)]
[TestFixture(true)]
public sealed class NeverOwnerTests(bool isChecked) : MbufFixture(new ArenaKind(Headroom: 128, isChecked))
{
    private const int Length = 100;

    private static readonly FieldInfo s_first = typeof(MbufQueue).GetField("_first", BindingFlags.NonPublic | BindingFlags.Instance)!;

    /// <summary>As many as the number of an opening, which has 8 bits, tells apart.</summary>
    private const int Openings = 255;

    /// <summary>TrimStart moves the start, and then the length; between the two another owner looks.</summary>
    [Test]
    public void A_view_of_two_owners_reaches_beyond_the_storage()
    {
        byte[] memory = new byte[2 * Length];
        memory.AsSpan(Length).Fill(0xEE);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(memory.AsMemory(0, Length), Length));
        HeaderOf(packet).Data += Length;
        byte seen = packet.FirstSpan[^1];
        HeaderOf(packet).Data -= Length;

        Assert.That(seen, Is.EqualTo(0xEE), "It is the program's own memory, behind what was attached.");
    }

    [Test]
    public void Two_threads_that_dequeue_at_once_get_one_packet()
    {
        using MbufArena arena = Arenas.Of(mbufs: 8, clusters: 8, isChecked: Kind.Checked);
        var queue = new MbufQueue(arena);
        using MbufScope mbufs = arena.Enter();
        Assert.That(queue.TryEnqueue(mbufs.AllocatePacket()));
        Assert.That(queue.TryDequeue(mbufs, out MbufChain first));
        s_first.SetValue(queue, first.Index);
        HeaderOf(first).Generation -= arena.Memory.Step;
        Assert.That(queue.TryDequeue(mbufs, out MbufChain second));

        Assert.That(first.IsOwned && second.IsOwned && first.Index == second.Index);
        first.Free();
        Assert.That(second.IsOwned, Is.False, "One thread's free ends it for both.");
    }

    [Test]
    public void Two_threads_that_enqueue_at_once_lose_a_packet()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        var queue = new MbufQueue(arena);
        using (MbufScope mbufs = arena.Enter())
        {
            Assert.That(queue.TryEnqueue(mbufs.AllocatePacket()));
            s_first.SetValue(queue, 0u);
            Assert.That(queue.TryEnqueue(mbufs.AllocatePacket()));
            Assert.That(queue.TryDequeue(mbufs, out MbufChain only));
            only.Free();

            Assert.That(queue.TryDequeue(mbufs, out _), Is.False);
            Assert.That(queue, Has.Count.EqualTo(1), "It counts what it cannot give.");
        }

        Assert.That(arena.LiveMbufs, Is.EqualTo(1));
        arena.Dispose();
    }

    [Test]
    public void A_handle_is_made_in_safe_code() => Snippet.Compiles("""
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)]
        struct Union
        {
            [System.Runtime.InteropServices.FieldOffset(0)]
            public Mbuf Handle;

            [System.Runtime.InteropServices.FieldOffset(0)]
            public ulong Bits;
        }

        static Mbuf Made(ulong bits) => new Union { Bits = bits }.Handle;
        """);

    /// <summary>Without anything internal: two lives of a slot show the step.</summary>
    [Test]
    public void A_made_handle_that_names_the_right_generation_takes_the_packet_from_its_owner()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf first = Packet(mbufs, Pattern(Length)).Detach();
        Mbuf second = mbufs.Open(first).Detach();
        Mbuf owners = mbufs.Open(second).Detach();
        using MbufChain thief = mbufs.Open(Next(first, second));

        Assert.That(Thrown.By(mbufs, owners, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufStaleException>());
        ChainAssert.Holds(thief, Pattern(Length));
    }

    [Test]
    public void A_made_handle_of_a_queued_packet_frees_it_under_the_queue()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        var queue = new MbufQueue(arena);
        using (MbufScope mbufs = arena.Enter())
        {
            Mbuf first = Packet(mbufs, Pattern(Length)).Detach();
            Mbuf second = mbufs.Open(first).Detach();
            Assert.That(queue.TryEnqueue(mbufs.Open(second)));
            mbufs.Free([Next(first, second)]);
            MbufChain next = mbufs.AllocatePacket();
            Assert.That(queue.TryDequeue(mbufs, out MbufChain dequeued));

            Assert.That(dequeued.IsOwned && dequeued.IsEmpty, "The queue gives an mbuf that is free,");
            Assert.That(Kind.Checked || dequeued.Index == next.Index, "or that somebody else has allocated.");
        }

        arena.Dispose();
    }

    [Test]
    public void A_chain_and_a_scope_are_taken_for_those_of_256_openings_later()
    {
        using MbufCache cache = Arena.CreateCache();
        MbufScope closed = cache.Enter();
        MbufChain chain = Packet(closed, Pattern(Length));
        closed.Dispose();
        for (int opening = 0; opening < Openings; opening++)
        {
            cache.Enter().Dispose();
        }

        using MbufScope open = cache.Enter();
        ChainAssert.Holds(chain, Pattern(Length));
        chain.Free();
        closed.AllocatePacket().Free();
    }

    /// <summary>2^32 changes take minutes; the header is as they leave it.</summary>
    [Test]
    public void A_handle_is_taken_for_that_of_the_life_that_comes_2_to_the_32_changes_later()
    {
        using MbufScope mbufs = Arena.Enter();
        Mbuf stale = Packet(mbufs, Pattern(Length)).Detach();
        MbufChain later = mbufs.Open(stale);
        Assert.That(Thrown.By(mbufs, stale, static (in scope, handle) => scope.Open(handle)), Is.TypeOf<MbufStaleException>());
        HeaderOf(later).Generation = stale.Generation;

        using MbufChain opened = mbufs.Open(stale);
        ChainAssert.Holds(opened, Pattern(Length));
    }

    [Test]
    public void An_interrupt_in_a_slow_path_loses_mbufs()
    {
        MbufArena arena = NewArena(mbufs: 512, clusters: 512);
        using MbufCache cache = arena.CreateCache();
        using (MbufScope mbufs = cache.Enter())
        {
            mbufs.AllocatePacket().Free();
        }

        Exception? error = null;
        lock (arena.Gate)
        {
            // A magazine is there; for the next one the thread waits for us.
            var mate = new Mate(() =>
            {
                using MbufScope mbufs = cache.Enter();
                error = Thrown.By(mbufs, static (in scope) => scope.AllocatePacket(200 * (int)MbufClusterSize.Standard));
            });
            mate.UntilBlocked();
            mate.Interrupt();
            mate.Join();
        }

        Assert.That(error, Is.TypeOf<ThreadInterruptedException>());
        Assert.That(arena.Audit().IsConsistent, Is.False);
        arena.Dispose();
    }

    /// <summary>The claim as many changes after the second of two handles as that is after the first.</summary>
    private static Mbuf Next(Mbuf first, Mbuf second)
    {
        ulong one = new Union { Handle = first }.Bits;
        ulong two = new Union { Handle = second }.Bits;
        uint generation = unchecked((uint)(two >> 32) + (uint)(two >> 32) - (uint)(one >> 32));
        return new Union { Bits = (uint)two | ((ulong)generation << 32) }.Handle;
    }

    private static ref MbufHeader HeaderOf(MbufChain chain) => ref chain.Cache.Hot.Memory.Header(chain.Index);

    [StructLayout(LayoutKind.Explicit)]
    private struct Union
    {
        [FieldOffset(0)]
        public Mbuf Handle;

        [FieldOffset(0)]
        public ulong Bits;
    }
}
