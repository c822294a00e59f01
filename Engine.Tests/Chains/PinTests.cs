using System.Buffers;
using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Managed memory is attached as it is, whatever its manager says of it; what is refused leaves nothing behind.</summary>
public sealed class PinTests : MbufFixture
{
    private static readonly object[] s_liars =
    [
        Liar("a claim beyond the span", new() { Claimed = 4096 }),
        Liar("a claim one byte beyond the span", new() { Claimed = 65 }),
        Liar("an empty span", new() { Shown = [] }),
        Liar("a span that is shorter", new() { Shown = new byte[63] }),
        Liar("another array pinned", new() { Pinned = new byte[64] }),
        Liar("a larger array pinned", new() { Pinned = new byte[4096] }),
        Liar("an address of null", new() { PinsNothing = true }),
        Liar("another byte pinned", new() { Shift = 1 }),
        Liar("the byte before pinned", new() { Shift = -1, Start = 1 }),
        Liar("the index ignored", new() { IgnoresIndex = true, Start = 8 }),
        Liar("a slice beyond the span", new() { Claimed = 100, Start = 90 }),
    ];

    [TestCaseSource(nameof(s_liars))]
    public void A_manager_that_says_what_is_not_so_is_refused(string lie, Func<Manager> make)
    {
        Manager manager = make();
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Expect.Throws<ArgumentException>(packet, chain => chain.TryAttachExternal(manager.Slice, 1));
        Expect.Throws<ArgumentException>(packet, chain => chain.TryAttachExternal((ReadOnlyMemory<byte>)manager.Slice));
        if (manager.Start == 0)
        {
            Expect.Throws<ArgumentException>(packet, chain => chain.TryAttachExternal((IMemoryOwner<byte>)manager, 1));
        }

        ChainAssert.Holds(packet, []);
        Assert.That((manager.Pins, manager.Disposals), Is.EqualTo((0, 0)), lie);
        Assert.That(Arena.GetStatistics().ExternalStorages.Current, Is.Zero);
    }

    [Test]
    public void What_a_manager_throws_is_thrown_and_nothing_stays_pinned([Values] bool fromSpan)
    {
        var manager = new Manager { SpanThrows = fromSpan, PinThrows = !fromSpan };
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Expect.Throws<NotSupportedException>(packet, chain => chain.TryAttachExternal(manager.Slice, 1));
        Expect.Throws<NotSupportedException>(packet, chain => chain.TryAttachExternal((IMemoryOwner<byte>)manager, 1));

        ChainAssert.Holds(packet, []);
        Assert.That((manager.Pins, manager.Disposals), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_manager_that_is_true_is_pinned_until_the_last_packet_goes([Values(0, 8, 63)] int start)
    {
        var manager = new Manager { Start = start };
        BytePattern.Of(64).CopyTo(manager.Shown, 0);
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(manager.Slice, 64 - start));
        ChainAssert.Holds(packet, Pattern(64).AsSpan(start));
        MbufChain share = packet.Share();
        packet.Free();
        Assert.That(manager.Pins, Is.EqualTo(1));
        share.Free();

        Assert.That(manager.Pins, Is.Zero);
    }

    [Test]
    public void An_owner_that_is_a_manager_is_unpinned_and_then_disposed()
    {
        var manager = new Manager();
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal((IMemoryOwner<byte>)manager, 64));
        packet.Free();

        Assert.That((manager.Pins, manager.Disposals, manager.PinsAtDispose), Is.EqualTo((0, 1, 0)));
    }

    [Test]
    public void An_owner_is_disposed_even_if_its_memory_cannot_be_unpinned()
    {
        var manager = new Manager { UnpinThrows = true };
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal((IMemoryOwner<byte>)manager, 64));
        Expect.Throws<NotSupportedException>(packet, static chain => chain.Free());

        Assert.That(manager.Disposals, Is.EqualTo(1));
    }

    [Test]
    public void Of_two_that_throw_at_the_end_the_first_is_heard([Values] bool throughArena)
    {
        var manager = new Manager { UnpinThrows = true, DisposeThrows = true };
        MbufArena arena = NewArena(mbufs: 8);
        Exception? thrown;
        using (MbufScope mbufs = arena.Enter())
        {
            MbufChain packet = mbufs.AllocatePacketWithoutCluster();
            Assert.That(packet.TryAttachExternal((IMemoryOwner<byte>)manager, 64));
            thrown = throughArena ? null : Thrown.By(packet, static chain => chain.Free());
        }

        if (throughArena)
        {
            thrown = Thrown.ByCall(arena.Dispose);
        }

        Assert.That((thrown?.GetType(), manager.Disposals, manager.Pins), Is.EqualTo((typeof(NotSupportedException), 1, 0)));
    }

    [Test]
    public void A_pin_that_cannot_be_ended_hides_nothing_of_what_was_wrong_before()
    {
        var liar = new Manager { UnpinThrows = true, Shift = 1 };
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();

        ArgumentException refused = Expect.Throws<ArgumentException>(packet, chain => chain.TryAttachExternal((IMemoryOwner<byte>)liar, 1));

        Assert.That((refused.InnerException?.GetType(), liar.Pins, liar.Disposals), Is.EqualTo((typeof(NotSupportedException), 0, 0)));
        ChainAssert.Holds(packet, []);
    }

    /// <summary>The packet is given away while its memory is pinned, so that it cannot be attached after all.</summary>
    [Test]
    public void What_kept_memory_from_being_attached_is_heard_before_what_kept_it_from_being_unpinned()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Mbuf handle = HandleOf(packet);
        var manager = new Manager { UnpinThrows = true, OnPin = () => Open(handle) };

        Expect.Throws<MbufStaleException>(packet, chain => chain.TryAttachExternal(manager.Memory, 1));

        Assert.That(manager.Pins, Is.Zero);
    }

    private void Open(Mbuf handle)
    {
        using MbufScope mbufs = Arena.Enter();
        mbufs.Free([handle]);
    }

    /// <summary>CreateFromPinnedArray believes its caller; we pin the array ourselves.</summary>
    [Test]
    public unsafe void An_array_that_is_said_to_be_pinned_is_pinned()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        byte[] array = Pattern(1000);
        Assert.That(packet.TryAttachExternal(MemoryMarshal.CreateFromPinnedArray(array, 10, 500), 500));
        var garbage = new List<byte[]>();
        for (int round = 0; round < 50; round++)
        {
            garbage.Add(new byte[5000]);
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        }

        Assert.That(packet.DangerousTryGetExternal(out MbufExternalStorage storage));
        fixed (byte* now = &array[10])
        {
            Assert.That(storage.Address == now);
        }

        ChainAssert.Holds(packet, array.AsSpan(10, 500));
        GC.KeepAlive(garbage);
    }

    [Test]
    public void A_slice_of_an_array_is_the_slice_that_it_is()
    {
        byte[] array = Pattern(1000);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(array.AsMemory(999, 1), 1));
        ChainAssert.Holds(packet, array.AsSpan(999, 1));
        Assert.That((packet.Headroom, packet.Tailroom), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Nothing_is_asked_of_a_manager_for_nothing()
    {
        var manager = new Manager { SpanThrows = true, PinThrows = true };
        using MbufScope mbufs = Arena.Enter();
        using MbufChain fromManager = mbufs.AllocatePacketWithoutCluster();
        using MbufChain fromArray = mbufs.AllocatePacketWithoutCluster();
        Assert.That(fromManager.TryAttachExternal(manager.Memory[64..], 0));
        Assert.That(fromArray.TryAttachExternal(new byte[10].AsMemory(10), 0));

        ChainAssert.Holds(fromManager, []);
        ChainAssert.Holds(fromArray, []);
    }

    /// <summary>The engine's own handle is nobody else's to free.</summary>
    [Test]
    public unsafe void The_routine_of_managed_memory_is_not_shown()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        Assert.That(packet.TryAttachExternal(new byte[10], 10));
        Assert.That(packet.DangerousTryGetExternal(out MbufExternalStorage storage));

        Assert.That(storage.Routine is null && storage.Argument1 == 0 && storage.Argument2 == 0);
    }

    [Test]
    public void What_a_packet_says_of_its_storage_is_not_attached_to_another([Values] bool isCluster)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = isCluster ? mbufs.AllocatePacket() : mbufs.AllocatePacketWithoutCluster();
        using MbufChain other = mbufs.AllocatePacketWithoutCluster();
        Assert.That(isCluster || packet.TryAttachExternal(new byte[10], 10));
        Assert.That(packet.DangerousTryGetExternal(out MbufExternalStorage storage));
        storage = storage with { Size = 1_000_000, Type = MbufExternalType.Module };

        Expect.Throws<ArgumentException>(other, chain => chain.DangerousTryAttachExternal(storage, 100));
    }

    /// <summary>Null is the one address that needs no unsafe context: what is made with it says nothing of any other.</summary>
    [Test]
    public void A_description_of_nothing_does_not_become_one_of_an_address()
    {
        using var memory = new Attachment(64);
        byte[] bytes = new byte[RawMemory.SizeOf<MbufExternalStorage>()];
        MemoryMarshal.Write(bytes, new MbufExternalStorage { Address = null, Size = 64, Type = MbufExternalType.Module });
        MemoryMarshal.AsBytes<nint>([AddressOf(memory)]).CopyTo(bytes);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();

        Expect.Throws<ArgumentException>(
            packet, chain => chain.DangerousTryAttachExternal(MemoryMarshal.Read<MbufExternalStorage>(bytes), 64));
    }

    /// <summary>Each of the pointers that a description may have, alone.</summary>
    [Test]
    public unsafe void Bytes_that_are_seen_as_a_description_are_not_attached([Values] bool address, [Values] bool routine, [Values] bool counter)
    {
        using var memory = new Attachment(64);
        memory.Counter = 1;
        MbufExternalStorage all = memory.Describe(MbufExternalType.CallerCounted);
        var described = new MbufExternalStorage
        {
            Address = (void*)8, // Seals it.
            Size = address ? 64 : 0,
            Routine = routine ? all.Routine : null,
            Counter = counter ? all.Counter : null,
            Type = counter ? MbufExternalType.CallerCounted : MbufExternalType.Module,
        };
        byte[] bytes = new byte[sizeof(MbufExternalStorage)];
        MemoryMarshal.Write(bytes, described);
        MemoryMarshal.AsBytes<nint>([address ? AddressOf(memory) : 0]).CopyTo(bytes);
        bytes.AsSpan(bytes.Length - sizeof(uint)).Clear(); // Where the seal is, that nobody can guess.
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        bool isNothing = !address && !routine && !counter;

        if (isNothing)
        {
            Assert.That(packet.DangerousTryAttachExternal(MemoryMarshal.Read<MbufExternalStorage>(bytes), 0));
        }
        else
        {
            Expect.Throws<ArgumentException>(
                packet, chain => chain.DangerousTryAttachExternal(MemoryMarshal.Read<MbufExternalStorage>(bytes), 0));
        }
    }

    private static unsafe nint AddressOf(Attachment memory) => (nint)memory.Describe().Address;

    private static object[] Liar(string lie, Manager like) => [lie, () => like];

    /// <summary>64 bytes, of which everything can be said.</summary>
    public sealed class Manager : MemoryManager<byte>
    {
        public byte[] Shown { get; init; } = new byte[64];

        public byte[]? Pinned { get; init; }

        public int Claimed { get; init; } = 64;

        public int Start { get; init; }

        public int Shift { get; init; }

        public bool IgnoresIndex { get; init; }

        public bool PinsNothing { get; init; }

        public bool SpanThrows { get; init; }

        public bool PinThrows { get; init; }

        public bool UnpinThrows { get; init; }

        public bool DisposeThrows { get; init; }

        public Action? OnPin { get; init; }

        public int Pins { get; private set; }

        public int Disposals { get; private set; }

        public int PinsAtDispose { get; private set; }

        public override Memory<byte> Memory => CreateMemory(Claimed);

        public Memory<byte> Slice => Memory[Start..];

        public override Span<byte> GetSpan() => SpanThrows ? throw new NotSupportedException() : Shown;

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            if (PinThrows)
            {
                throw new NotSupportedException();
            }

            Pins++;
            OnPin?.Invoke();
            var handle = GCHandle.Alloc(Pinned ?? Shown, GCHandleType.Pinned);
            byte* address = (byte*)handle.AddrOfPinnedObject() + (IgnoresIndex ? 0 : elementIndex) + Shift;
            return new MemoryHandle(PinsNothing ? null : address, handle, this);
        }

        public override void Unpin()
        {
            Pins--;
            if (UnpinThrows)
            {
                throw new NotSupportedException();
            }
        }

        protected override void Dispose(bool disposing)
        {
            PinsAtDispose = Pins;
            Disposals++;
            if (DisposeThrows)
            {
                throw new InvalidOperationException();
            }
        }
    }
}
