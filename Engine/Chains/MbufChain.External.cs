using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Engine.Mbufs;

/// <content>Data that lies outside the arena.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Attaches memory that the caller owns to the first mbuf, which is empty (mbuf(9): MEXTADD). From now on the packet's data
    /// lies there, is shared instead of copied like a cluster, and the routine is called once, when the last reference ends.
    /// Dangerous: the memory, and the counter if there is one, must stay where they are until the routine has been called, or until
    /// the arena is disposed, which calls it, too.
    /// </summary>
    /// <param name="storage">The memory and its routine. A copy is kept.</param>
    /// <param name="length">How many bytes from the memory's start are data now, 0 to its size; the rest is room.</param>
    /// <returns>
    /// False if the arena has no free record (<see cref="MbufArenaOptions.ExternalStorages"/>): nothing was attached, the routine
    /// is not called.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="storage"/> contradicts itself, or comes from
    /// <see cref="DangerousTryGetExternal"/>; the message says where.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than the size.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or a cluster or other storage already.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1).</remarks>
    public bool DangerousTryAttachExternal(in MbufExternalStorage storage, int length)
    {
        MbufExternalStorage own = storage; // Foreign code that runs meanwhile may change the caller's variable.
        own.Validate();
        CheckAttachable(length, own.Size);
        ref MbufHeader head = ref Head();
        if (!_cache.TryAttachExternal(ref head, own, length))
        {
            return false;
        }

        head.EndPlaces(_cache.Hot.Memory.Step);
        if (head.Tail == Index && length > 0)
        {
            head.Flags &= ~HeaderFlags.Spare;
        }

        head.ChainLength += length;
        AddToPacketLength(ref head, length);
        return true;
    }

    /// <summary>
    /// Pinned for as long as a packet refers to it (mbuf(9): MEXTADD of managed memory). What is written into it shows in the
    /// packet.
    /// </summary>
    /// <param name="memory">The memory: its first bytes are the data, the rest is room.</param>
    /// <param name="length">How many bytes are data now, 0 to the memory's length.</param>
    /// <returns>False if the arena has no free record: nothing was attached, nothing stays pinned.</returns>
    /// <exception cref="ArgumentException">The memory is that of a <see cref="MemoryManager{T}"/> whose span is shorter than the memory,
    /// or that pins another address than its span has.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than there is.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has data, or a cluster or other storage already.</exception>
    /// <exception cref="OverflowException">The chain would exceed 2,147,483,647 bytes.</exception>
    /// <remarks>O(1). Allocates a small managed object; nothing afterwards does.</remarks>
    public bool TryAttachExternal(Memory<byte> memory, int length) => TryAttachPinned(memory, length, MbufFlags.None, null);

    /// <summary>
    /// Pinned for as long as a packet refers to it (mbuf(9): MEXTADD with M_RDONLY of managed memory, all of it data).
    /// </summary>
    /// <param name="memory">The bytes.</param>
    /// <inheritdoc cref="TryAttachExternal(Memory{byte}, int)"/>
    public bool TryAttachExternal(ReadOnlyMemory<byte> memory)
        => TryAttachPinned(memory, memory.Length, MbufFlags.ReadOnly, null);

    /// <summary>
    /// Pinned for as long as a packet refers to it, and its owner disposed at the end (mbuf(9): MEXTADD of owned managed memory).
    /// </summary>
    /// <param name="owner">The owner of the memory: the packets on success, still the caller otherwise.</param>
    /// <param name="length">How many bytes from the memory's start are data now, 0 to the memory's length.</param>
    /// <exception cref="ArgumentNullException"><paramref name="owner"/> is null.</exception>
    /// <inheritdoc cref="TryAttachExternal(Memory{byte}, int)"/>
    public bool TryAttachExternal(IMemoryOwner<byte> owner, int length)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return TryAttachPinned(owner.Memory, length, MbufFlags.None, owner);
    }

    /// <summary>
    /// Where the first mbuf's data lies and what belongs to it: a cluster's address, size and type, or what was attached (mbuf(9):
    /// m_ext).
    /// </summary>
    /// <param name="storage">The description; default if there is none.</param>
    /// <returns>False if the data lies in the mbuf itself (not M_EXT).</returns>
    /// <remarks>
    /// O(1). The address is for use as long as the chain holds the storage: nothing checks that, and the compiler asks for an unsafe
    /// context. Of managed memory the routine and its arguments are the engine's own, and not shown. The description is not to be attached.
    /// </remarks>
    public bool DangerousTryGetExternal(out MbufExternalStorage storage)
    {
        ref MbufHeader head = ref Head();
        if (head.Kind == ZoneId.External)
        {
            storage = _cache.Hot.Memory.RecordOf(head.Storage).Storage.Describe();
            return true;
        }

        storage = head.IsInternal ? default : MbufExternalStorage.OfCluster(
            _cache.Hot.Memory.Raw.Pointer(_cache.Hot.Memory.StartOf(ref head)),
            _cache.Hot.Memory.CapacityOf(ref head),
            ClusterKind.Of(head.Kind).Type,
            (MbufFlags)(head.Flags & HeaderFlags.ReadOnly));
        return !head.IsInternal;
    }

    /// <summary>
    /// How many mbufs, of all packets, refer to the first mbuf's storage; 1 for internal storage (mbuf(9): m_ext.ext_cnt). A
    /// moment's view while other threads hold some of them. O(1).
    /// </summary>
    public int ReferenceCount => _cache.Hot.Memory.References(ref Head());

    private bool TryAttachPinned(ReadOnlyMemory<byte> memory, int length, MbufFlags flags, IDisposable? owner)
    {
        CheckAttachable(length, memory.Length);
        var pinned = MbufExternalStorage.Pin(memory, flags, owner);
        ExceptionDispatchInfo? first = null;
        try
        {
            if (DangerousTryAttachExternal(pinned, length))
            {
                return true;
            }
        }
        catch (Exception exception)
        {
            first = ExceptionDispatchInfo.Capture(exception);
        }

        pinned.Unpin(ref first);
        first?.Throw();
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckAttachable(int length, int size)
    {
        ref MbufHeader head = ref Head();
        if ((uint)length > (uint)size)
        {
            ThrowHelper.NotInStorage(nameof(length), length, size);
        }

        if (!head.IsInternal || head.SegmentLength != 0)
        {
            ThrowHelper.NotAttachable();
        }

        _ = Sum(head.ChainLength, length);
    }
}
