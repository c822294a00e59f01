using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// Memory outside the arena that a packet's data lies in, and what is to happen at its end (mbuf(9): <c>struct m_ext</c>,
/// the arguments of MEXTADD).
/// </summary>
/// <remarks>
/// <para>Addresses, the counter and the routine are pointers, so that whoever describes memory needs an unsafe context: with it goes the
/// promise (<see cref="MbufChain.DangerousTryAttachExternal"/>) that the memory and the counter stay where they are until the
/// routine has been called.</para>
/// <para>Unsafe because it calls that routine, counts in the caller's memory and takes the address of pinned memory. Sound as far as
/// the promise goes, since the routine is a static method and is called once. Safe code cannot give it: only
/// <see cref="Address"/> sets the seal, without which nothing is attached, so that neither what a packet says of its storage nor bytes seen
/// as a description can be attached. A copy by <c>with</c> keeps the seal: who hands a description out hands the promise out. Managed memory is pinned here and unpinned by its own routine, so there the promise is kept by
/// this file, as far as a foreign <see cref="MemoryManager{T}"/> lets it.</para>
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares two of them.")]
public readonly unsafe struct MbufExternalStorage
{
    /// <summary>A number that safe code has no way to, other than by chance; never 0.</summary>
    private static readonly uint s_seal = (uint)Random.Shared.Next(1, int.MaxValue);

    private readonly void* _address;

    private MbufExternalStorage(void* address, uint seal)
    {
        _address = address;
        _seal = seal;
    }

    /// <summary>
    /// The first byte (m_ext.ext_buf); not null unless there is nothing: neither bytes nor a routine nor a counter. Set in every
    /// description that is to be attached.
    /// </summary>
    public void* Address
    {
        get => _address;
        init
        {
            _address = value;
            _seal = value is null ? 0 : s_seal; // Null is what safe code can write, too.
        }
    }

    /// <summary>
    /// Called once, when the last reference ends, with both arguments, on whichever thread that is (m_ext.ext_free); null for
    /// nothing to do. It may use the engine, in a scope that it enters itself. If it throws, everything else is still freed, and the
    /// operation that ended the reference throws what it threw when it is done; <see cref="MbufSocket.Send(System.Net.Sockets.Socket, MbufChain)"/>
    /// throws a <see cref="MbufRoutineException"/>, which has the result.
    /// </summary>
    public delegate*<nint, nint, void> Routine { get; init; }

    /// <summary>First argument of the routine (m_ext.ext_arg1).</summary>
    public nint Argument1 { get; init; }

    /// <summary>Second argument of the routine (m_ext.ext_arg2).</summary>
    public nint Argument2 { get; init; }

    /// <summary>
    /// With <see cref="MbufExternalType.CallerCounted"/>, the caller's count of references, aligned, which includes the one that is
    /// attached (m_ext.ext_cnt); else null. A count that reaches <see cref="int.MaxValue"/> stays there, and the storage is never
    /// given back.
    /// </summary>
    public int* Counter { get; init; }

    /// <summary>Bytes of memory, 0 or more (m_ext.ext_size).</summary>
    public int Size { get; init; }

    /// <summary>A label, or <see cref="MbufExternalType.CallerCounted"/> (m_ext.ext_type).</summary>
    public MbufExternalType Type { get; init; }

    /// <summary><see cref="MbufFlags.ReadOnly"/> or <see cref="MbufFlags.None"/>: all others are refused.</summary>
    public MbufFlags Flags { get; init; }

    /// <summary>
    /// What says that the address was set by who may: <see cref="s_seal"/>, or its complement if that was <see cref="Pin"/>. Last, where
    /// an <see cref="ExternalRecord"/> has four bytes left.
    /// </summary>
    private readonly uint _seal;

    /// <summary>True if the caller counts the references.</summary>
    internal bool IsCounted => Counter is not null;

    /// <summary>The caller's counter.</summary>
    internal ref int CallerCount => ref Unsafe.AsRef<int>(Counter);

    /// <summary>What a cluster says of itself; not to be attached.</summary>
    internal static MbufExternalStorage OfCluster(nint address, int size, MbufExternalType type, MbufFlags flags)
        => new((void*)address, seal: 0) { Size = size, Type = type, Flags = flags };

    /// <summary>Pins managed memory; its routine unpins it and disposes its owner. If it throws, nothing stays pinned.</summary>
    internal static MbufExternalStorage Pin(ReadOnlyMemory<byte> memory, MbufFlags flags, IDisposable? owner)
    {
        var pinned = new PinnedMemory(owner);
        var held = GCHandle.Alloc(pinned);
        try
        {
            return new MbufExternalStorage(pinned.Pin(memory), ~s_seal)
            {
                Size = memory.Length,
                Routine = &PinnedMemory.Release,
                Argument1 = GCHandle.ToIntPtr(held),
                Type = MbufExternalType.Disposable,
                Flags = flags,
            };
        }
        catch
        {
            held.Free();
            throw;
        }
    }

    /// <summary>
    /// The same for whoever asks what a packet refers to: to look at, not to be attached again. Of managed memory the routine and its
    /// argument are the engine's own.
    /// </summary>
    internal MbufExternalStorage Describe()
    {
        bool isPinned = _seal == ~s_seal;
        return new MbufExternalStorage(_address, seal: 0)
        {
            Size = Size,
            Type = Type,
            Flags = Flags,
            Counter = Counter,
            Routine = isPinned ? null : Routine,
            Argument1 = isPinned ? 0 : Argument1,
            Argument2 = isPinned ? 0 : Argument2,
        };
    }

    /// <summary>
    /// Unpins memory that was not attached after all, and keeps what that throws if it is the first to throw; its owner stays the caller's.
    /// </summary>
    internal void Unpin(ref ExceptionDispatchInfo? first) => PinnedMemory.Forget(Argument1, ref first);

    /// <summary>Calls the routine.</summary>
    private void Release()
    {
        if (Routine is not null)
        {
            Routine(Argument1, Argument2);
        }
    }

    /// <summary>Calls every routine; the first exception is thrown when all have been called.</summary>
    internal static void ReleaseAll(IEnumerable<MbufExternalStorage> storages)
    {
        ExceptionDispatchInfo? first = null;
        foreach (MbufExternalStorage storage in storages)
        {
            storage.TryRelease(ref first);
        }

        first?.Throw();
    }

    /// <summary>Calls the routine, and keeps what it throws if it is the first to throw.</summary>
    internal void TryRelease(ref ExceptionDispatchInfo? first)
    {
        try
        {
            Release();
        }
        catch (Exception exception)
        {
            first ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Refuses what cannot be: the caller's mistakes that show.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Size, nameof(Size));
        if (_address is null && Size != 0)
        {
            throw new ArgumentException("The storage has a size and no address.", nameof(Address));
        }

        if (_seal != s_seal && _seal != ~s_seal && (_address is not null || Routine is not null || IsCounted))
        {
            throw new ArgumentException(
                "The storage is what a packet said of its own, or was not made by setting Address, which storage with a routine or a counter "
                + "has even if it is empty: describe what is to be attached.",
                nameof(Address));
        }

        if (!Enum.IsDefined(Type) || Type < MbufExternalType.NetworkDriver)
        {
            throw new ArgumentException("Attached storage is NetworkDriver, Module, Disposable or CallerCounted.", nameof(Type));
        }

        if ((Type == MbufExternalType.CallerCounted) != IsCounted)
        {
            throw new ArgumentException("A counter belongs to CallerCounted, and to nothing else.", nameof(Counter));
        }

        if (IsCounted && (((nint)Counter & 3) != 0 || Volatile.Read(ref CallerCount) < 1))
        {
            throw new ArgumentException("The counter is an aligned 32-bit integer that counts the attached reference: at least 1.", nameof(Counter));
        }

        if ((Flags & ~MbufFlags.ReadOnly) != 0)
        {
            throw new ArgumentException("Storage is attached with ReadOnly or without flags.", nameof(Flags));
        }
    }

    /// <summary>What keeps managed memory in place while packets refer to it, and what is disposed when none does.</summary>
    private sealed class PinnedMemory(IDisposable? owner)
    {
        /// <summary>Our own, of an array: nobody else can unpin it.</summary>
        private GCHandle _array;

        /// <summary>A foreign manager's.</summary>
        private MemoryHandle _pin;

        public static void Release(nint held, nint unused)
        {
            PinnedMemory memory = Take(held);
            ExceptionDispatchInfo? first = null;
            memory.TryUnpin(ref first);
            memory.TryDisposeOwner(ref first);
            first?.Throw();
        }

        public static void Forget(nint held, ref ExceptionDispatchInfo? first) => Take(held).TryUnpin(ref first);

        /// <summary>The address of the first byte, which stays where it is; null if there is none.</summary>
        public void* Pin(ReadOnlyMemory<byte> memory)
        {
            if (memory.IsEmpty)
            {
                return null;
            }

            if (MemoryMarshal.TryGetMemoryManager(memory, out MemoryManager<byte>? manager, out int start, out int length))
            {
                return Pin(manager, start, length);
            }

            // An array, and our own handle: memory may say that its array is pinned, which is not so.
            MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> bytes);
            _array = GCHandle.Alloc(bytes.Array, GCHandleType.Pinned);
            return (byte*)_array.AddrOfPinnedObject() + bytes.Offset;
        }

        private static PinnedMemory Take(nint held)
        {
            var handle = GCHandle.FromIntPtr(held);
            var memory = (PinnedMemory)handle.Target!;
            handle.Free();
            return memory;
        }

        /// <summary>
        /// A manager is believed only what its span shows: that the bytes are there, and that they are where it pinned them.
        /// </summary>
        private void* Pin(MemoryManager<byte> memory, int start, int length)
        {
            Span<byte> all = memory.GetSpan();
            if ((uint)start > (uint)all.Length || length > all.Length - start)
            {
                throw new ArgumentException(
                    $"The memory is {length} bytes from byte {start} of what its manager has, and its GetSpan shows {all.Length}.", nameof(memory));
            }

            _pin = memory.Pin(start);
            if (!Unsafe.AreSame(ref Unsafe.AsRef<byte>(_pin.Pointer), ref all[start]))
            {
                ExceptionDispatchInfo? thrown = null;
                TryUnpin(ref thrown);
                throw new ArgumentException(
                    $"The manager of the memory pinned another address than that of byte {start} of its GetSpan.", nameof(memory), thrown?.SourceException);
            }

            return _pin.Pointer;
        }

        /// <summary>Unpins, and keeps what a foreign pin throws if it is the first to throw.</summary>
        private void TryUnpin(ref ExceptionDispatchInfo? first)
        {
            if (_array.IsAllocated)
            {
                _array.Free();
            }

            try
            {
                _pin.Dispose();
            }
            catch (Exception exception)
            {
                first ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        private void TryDisposeOwner(ref ExceptionDispatchInfo? first)
        {
            try
            {
                owner?.Dispose();
            }
            catch (Exception exception)
            {
                first ??= ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}

/// <summary>
/// What an mbuf's external storage is (mbuf(9): <c>EXT_*</c>). Storage is attached as one of the last four, which are labels but
/// for <see cref="CallerCounted"/>.
/// </summary>
public enum MbufExternalType
{
    /// <summary>No external storage.</summary>
    None = 0,

    /// <summary>A cluster of 2 KiB (EXT_CLUSTER, EXT_PACKET).</summary>
    Cluster = 1,

    /// <summary>A cluster of 4 KiB (EXT_JUMBOP).</summary>
    PageCluster = 3,

    /// <summary>A cluster of 9 KiB (EXT_JUMBO9).</summary>
    Jumbo9Cluster = 4,

    /// <summary>A cluster of 16 KiB (EXT_JUMBO16).</summary>
    Jumbo16Cluster = 5,

    /// <summary>A network driver's buffer (EXT_NET_DRV).</summary>
    NetworkDriver = 252,

    /// <summary>A module's own kind of storage (EXT_MOD_TYPE).</summary>
    Module = 253,

    /// <summary>Storage that is of no further use after the packet (EXT_DISPOSABLE); managed memory is this.</summary>
    Disposable = 254,

    /// <summary>
    /// Storage whose references are counted by a counter that the caller owns (EXT_EXTREF), and may count up and down, too.
    /// </summary>
    CallerCounted = 255,
}
