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
/// Unsafe because it calls a function pointer, counts in the caller's memory and takes the address of pinned memory. Sound as far
/// as the caller's promise goes (<see cref="MbufChain.DangerousTryAttachExternal"/>): the routine is a static method, and the
/// memory and the counter stay where they are until the routine has been called, which happens once. Managed memory is pinned
/// here and unpinned by its own routine, so there the promise is kept by this file.
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares two of them.")]
public readonly unsafe struct MbufExternalStorage
{
    /// <summary>Address of the first byte (m_ext.ext_buf); not 0 unless <see cref="Size"/> is.</summary>
    public nint Address { get; init; }

    /// <summary>
    /// Called once, when the last reference ends, with both arguments, on whichever thread that is (m_ext.ext_free); null for
    /// nothing to do. It may use the engine, in a scope that it enters itself. If it throws, everything else is still freed, and the
    /// operation that ended the reference throws what it threw.
    /// </summary>
    public delegate*<nint, nint, void> Routine { get; init; }

    /// <summary>First argument of the routine (m_ext.ext_arg1).</summary>
    public nint Argument1 { get; init; }

    /// <summary>Second argument of the routine (m_ext.ext_arg2).</summary>
    public nint Argument2 { get; init; }

    /// <summary>
    /// With <see cref="MbufExternalType.CallerCounted"/>, the address of the caller's 32-bit count of references, aligned, which
    /// includes the one that is attached (m_ext.ext_cnt); else 0. A count that reaches <see cref="int.MaxValue"/> stays there,
    /// and the storage is never given back.
    /// </summary>
    public nint Counter { get; init; }

    /// <summary>Bytes of memory, 0 or more (m_ext.ext_size).</summary>
    public int Size { get; init; }

    /// <summary>A label, or <see cref="MbufExternalType.CallerCounted"/> (m_ext.ext_type).</summary>
    public MbufExternalType Type { get; init; }

    /// <summary><see cref="MbufFlags.ReadOnly"/> or <see cref="MbufFlags.None"/>: all others are refused.</summary>
    public MbufFlags Flags { get; init; }

    /// <summary>The caller's counter.</summary>
    internal ref int CallerCount => ref Unsafe.AsRef<int>((int*)Counter);

    /// <summary>Pins managed memory; its routine unpins it and disposes its owner.</summary>
    internal static MbufExternalStorage Pin(ReadOnlyMemory<byte> memory, MbufFlags flags, IDisposable? owner)
    {
        MemoryHandle pin = memory.Pin();
        var held = GCHandle.Alloc(new PinnedMemory(pin, owner));
        return new MbufExternalStorage
        {
            Address = (nint)pin.Pointer,
            Size = memory.Length,
            Routine = &PinnedMemory.Release,
            Argument1 = GCHandle.ToIntPtr(held),
            Type = MbufExternalType.Disposable,
            Flags = flags,
        };
    }

    /// <summary>Unpins memory that was not attached after all; its owner stays the caller's.</summary>
    internal void Unpin() => PinnedMemory.Forget(Argument1);

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
        if (Address == 0 && Size != 0)
        {
            throw new ArgumentException("The storage has a size and no address.", nameof(Address));
        }

        if (!Enum.IsDefined(Type) || Type < MbufExternalType.NetworkDriver)
        {
            throw new ArgumentException("Attached storage is NetworkDriver, Module, Disposable or CallerCounted.", nameof(Type));
        }

        if ((Type == MbufExternalType.CallerCounted) != (Counter != 0))
        {
            throw new ArgumentException("A counter belongs to CallerCounted, and to nothing else.", nameof(Counter));
        }

        if (Counter != 0 && ((Counter & 3) != 0 || Volatile.Read(ref CallerCount) < 1))
        {
            throw new ArgumentException("The counter is an aligned 32-bit integer that counts the attached reference: at least 1.", nameof(Counter));
        }

        if ((Flags & ~MbufFlags.ReadOnly) != 0)
        {
            throw new ArgumentException("Storage is attached with ReadOnly or without flags.", nameof(Flags));
        }
    }

    /// <summary>What keeps managed memory in place while packets refer to it.</summary>
    private sealed class PinnedMemory(MemoryHandle pin, IDisposable? owner)
    {
        private MemoryHandle _pin = pin;

        public static void Release(nint held, nint unused) => Forget(held).DisposeOwner();

        public static PinnedMemory Forget(nint held)
        {
            var handle = GCHandle.FromIntPtr(held);
            var memory = (PinnedMemory)handle.Target!;
            handle.Free();
            memory._pin.Dispose();
            return memory;
        }

        private void DisposeOwner() => owner?.Dispose();
    }
}
