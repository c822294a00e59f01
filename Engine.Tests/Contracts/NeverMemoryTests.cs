using System.Buffers;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>docs/safety.md, "Never": memory that was attached, promised or given back, in normal and in checked mode.</summary>
[Category("Contracts")]
[TestFixture(false)]
[TestFixture(true)]
public sealed class NeverMemoryTests(bool isChecked) : MbufFixture(new ArenaKind(Headroom: 128, isChecked))
{
    private const int Length = 100;
    private const byte Written = 0xA5;

    [Test]
    public void A_span_of_attached_memory_is_good_after_its_owner_got_it_back()
    {
        var owner = new Lender();
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(owner, Length));
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        packet.Free();
        Assert.That(owner.IsBack, "Who lent it may lend it to another.");
        span.Fill(Written);

        Assert.That(owner.Bytes, Is.All.EqualTo(Written));
    }

    [Test]
    public void Memory_that_is_attached_twice_is_two_private_records()
    {
        byte[] memory = new byte[Length];
        using MbufScope mbufs = Arena.Enter();
        using MbufChain first = mbufs.AllocatePacketWithoutCluster();
        using MbufChain second = mbufs.AllocatePacketWithoutCluster();
        Assert.That(first.TryAttachExternal(memory, Length) && second.TryAttachExternal(memory, Length));
        Assert.That((first.ReferenceCount, second.ReferenceCount), Is.EqualTo((1, 1)), "Each believes that it is alone.");
        Assert.That(first.TryGetWritable(out Span<byte> span) && second.IsWritable);
        span.Fill(Written);

        Assert.That(second.FirstSpan.IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    [Test]
    public void What_its_owner_writes_into_attached_memory_shows_in_every_packet_over_it()
    {
        byte[] memory = new byte[Length];
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal((ReadOnlyMemory<byte>)memory));
        using MbufChain share = packet.Share();
        memory.AsSpan().Fill(Written);

        ChainAssert.Holds(packet, memory);
        ChainAssert.Holds(share, memory);
    }

    [Test]
    public void Nothing_tells_that_native_memory_has_another_use_meanwhile()
    {
        using var memory = new Attachment(Length);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs);
        memory.Bytes.Fill(Written); // Its next user, who got it from an allocator that it was given back to.

        Assert.That(packet.FirstSpan.IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    [Test]
    public void A_manager_that_moves_its_memory_later_is_not_looked_at_again()
    {
        var manager = new Moving();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(manager.Memory, Length));
        byte[] before = manager.Now;
        manager.Now = GC.AllocateArray<byte>(Length, pinned: true);
        before.AsSpan().Fill(Written);

        Assert.That(packet.FirstSpan.IndexOfAnyExcept(Written), Is.EqualTo(-1), "It is the memory of before, whosever that is.");
    }

    [Test]
    public void A_read_only_mark_that_is_taken_off_lets_through_what_it_kept_out()
    {
        byte[] memory = new byte[Length];
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal((ReadOnlyMemory<byte>)memory));
        Assert.That(packet.TryGetWritable(out _), Is.False);
        packet.DangerousClearReadOnly();
        Assert.That(packet.TryGetWritable(out Span<byte> span));
        span.Fill(Written);

        Assert.That(memory, Is.All.EqualTo(Written));
    }

    /// <summary>The memory is as large as the copy says; who made the description promised half of it.</summary>
    [Test]
    public void A_description_that_was_handed_out_is_attached_with_another_size()
    {
        using var memory = new Attachment(2 * Length);
        memory.Bytes.Fill(Written);
        MbufExternalStorage handedOut = memory.Describe() with { Size = Length };
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();

        Assert.That(packet.DangerousTryAttachExternal(handedOut with { Size = 2 * Length }, 2 * Length));
        Assert.That(packet.FirstSpan[Length..].IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    [Test]
    public unsafe void Unsafe_code_writes_into_what_is_shared()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, new byte[Length]);
        using MbufChain share = packet.Share();
        Assert.That(packet.DangerousTryGetExternal(out MbufExternalStorage storage));
        new Span<byte>(storage.Address, storage.Size).Fill(Written);

        Assert.That(share.FirstSpan.IndexOfAnyExcept(Written), Is.EqualTo(-1));
    }

    [Test]
    public void The_memory_of_a_disposed_arena_goes_while_a_span_of_it_is_held()
    {
        MbufArena arena = NewArena(mbufs: 8, clusters: 8);
        MbufScope mbufs = arena.Enter();
        MbufChain packet = Packet(mbufs, Pattern(Length));
        ReadOnlySpan<byte> span = packet.FirstSpan;
        arena.Dispose();
        Assert.That(arena.IsReleased, Is.False, "A scope is open.");
        mbufs.Dispose();

        Assert.That(arena.IsReleased && span.Length == Length, "The compiler lets the span be used, and its memory is gone.");
    }

    /// <summary>Its memory stays where it is, so that a span which outlives the pin does no harm here.</summary>
    private sealed class Lender : IMemoryOwner<byte>
    {
        public byte[] Bytes { get; } = GC.AllocateArray<byte>(Length, pinned: true);

        public bool IsBack { get; private set; }

        public Memory<byte> Memory => Bytes;

        public void Dispose() => IsBack = true;
    }

    private sealed class Moving : MemoryManager<byte>
    {
        public byte[] Now { get; set; } = GC.AllocateArray<byte>(Length, pinned: true);

        public override Span<byte> GetSpan() => Now;

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
            => new((void*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(Now, elementIndex));

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    [Test]
    public void Room_that_was_given_back_is_written_by_who_kept_a_piece_of_it()
    {
        using MbufArena arena = Arenas.Of(mbufs: 2, clusters: 1);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = mbufs.AllocateMbuf();
        Assert.That(chain.TryAppend(new byte[192]) & chain.TryReserveRoom(2048, out MbufRoom room));
        MbufRoom.PieceEnumerator pieces = room.GetEnumerator();
        Assert.That(pieces.MoveNext());
        Span<byte> piece = pieces.Current;
        room.Commit(0);
        using MbufChain other = mbufs.AllocateMbufWithCluster();
        Assert.That(other.TryAppend(new byte[100]));
        piece[50] = 7;

        Assert.That(other.FirstSpan[50], Is.EqualTo(7));
    }
}
