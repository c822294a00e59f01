using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Every exception of a per-packet path is made here, out of line: the throw is inlined as one call, the creation never is.
/// </summary>
internal static class ThrowHelper
{
    [DoesNotReturn]
    public static void Stale() => throw CreateStale();

    [DoesNotReturn]
    public static void StalePosition() => throw CreateStalePosition();

    [DoesNotReturn]
    public static void DoubleFree() => throw CreateDoubleFree();

    [DoesNotReturn]
    public static void NotOfThisArena(Mbuf packet) => throw CreateNotOfThisArena(packet);

    [DoesNotReturn]
    public static void Foreign() => throw CreateForeign();

    [DoesNotReturn]
    public static void ScopeClosed() => throw CreateScopeClosed();

    [DoesNotReturn]
    public static void ClosedFromInside() => throw new InvalidOperationException(
        "The scope is in the middle of an operation, which has called what closes it: a free routine, a callback, a handler or a source. It stays open. "
        + "Close it where it was entered, when the operation has returned; a scope of your own may be entered and closed inside.");

    [DoesNotReturn]
    public static void Negative(string parameter, int value) => throw CreateNegative(parameter, value);

    [DoesNotReturn]
    public static void NotContiguous(string parameter, int value) => throw CreateNotContiguous(parameter, value);

    /// <summary>For a length that is to be 0 to the largest that can be contiguous, and is not.</summary>
    [DoesNotReturn]
    public static void NotContiguousOrNegative(string parameter, int value)
        => throw (value < 0 ? CreateNegative(parameter, value) : CreateNotContiguous(parameter, value));

    [DoesNotReturn]
    public static void NotPacketInteger(Type type) => throw new ArgumentException(
        $"{type} is no integer with a size of its own: byte to ulong, char, Int128 and UInt128 and the signed ones are. Read those, and convert.");

    [DoesNotReturn]
    public static void NotRoom(string parameter, int value, int room) => throw CreateNotRoom(parameter, value, room);

    [DoesNotReturn]
    public static void StaleRoom() => throw new MbufStaleException(
        "The room is committed or given back already, or its chain was changed since: cut, shared, added to, laid out anew. Reserve room, fill it, and commit it before anything else is done with the end of the chain.");

    [DoesNotReturn]
    public static void ChainTooLong(long length) => throw CreateChainTooLong(length);

    [DoesNotReturn]
    public static void ClusterSize(MbufClusterSize size) => throw CreateClusterSize(size);

    [DoesNotReturn]
    public static void AppendToItself() => throw CreateAppendToItself();

    [DoesNotReturn]
    public static void OtherType(MbufType type, MbufType other) => throw CreateOtherType(type, other);

    [DoesNotReturn]
    public static void NoPacketHeader() => throw CreateNoPacketHeader();

    [DoesNotReturn]
    public static void NotAddresses(int source, int destination) => throw new ArgumentException(
        $"The addresses have {source} and {destination} bytes. IPv4 addresses have 4 both, IPv6 addresses 16.", nameof(source));

    [DoesNotReturn]
    public static void NotWritable() => throw new InvalidOperationException(
        "The first mbuf's storage is read-only or shared. IsWritable tells; TryCopyUp or TryTransform gives the packet its own.");

    [DoesNotReturn]
    public static void TooFewContiguous(int wanted, int length) => throw new InvalidOperationException(
        $"The first mbuf has {length} bytes; the type takes {wanted}. TryPullUp makes them contiguous, if the packet has them.");

    [DoesNotReturn]
    public static void NotPacketBytes(Type type) => throw new ArgumentException(
        $"{type} is or has a handle of the engine. The bytes of a packet can be seen as numbers and as structures of numbers; a handle comes from Detach.");

    [DoesNotReturn]
    public static void NotAttachable() => throw new InvalidOperationException(
        "The first mbuf has data, or storage other than its own already. Attach storage to an mbuf that is empty: Allocate or AllocatePacketWithoutCluster gives one.");

    [DoesNotReturn]
    public static void NotInStorage(string parameter, int value, int size)
        => throw new ArgumentOutOfRangeException(parameter, value, $"The storage has {size} bytes; 0 to all of them can be data.");

    [DoesNotReturn]
    public static void HeaderToItself()
        => throw new ArgumentException("A packet header cannot be copied or moved to the packet that it belongs to.", "other");

    [DoesNotReturn]
    public static void TagIsAttached() => throw new InvalidOperationException(
        "The tag belongs to a packet. Take it off with UnlinkTag, or free it with DeleteTag.");

    [DoesNotReturn]
    public static void TagNotOnPacket()
        => throw new ArgumentException("The packet has no such tag: it is not attached, or to another packet.", "tag");

    [DoesNotReturn]
    public static void NotPositive(string parameter, int value)
        => throw new ArgumentOutOfRangeException(parameter, value, "A packet made of a source has at least one byte.");

    [DoesNotReturn]
    public static void NotHeadroom(string parameter, int value) => throw new ArgumentOutOfRangeException(
        parameter, value, $"The headroom asked for is 0 to {MbufSizes.InternalSize} bytes; MbufArenaOptions.Headroom gives more to every cluster.");

    [DoesNotReturn]
    public static void NotEmptyOrNotWritable() => throw new InvalidOperationException(
        "The first mbuf has data, or its storage is read-only or shared. Align an mbuf that was just allocated.");

    [DoesNotReturn]
    public static void LostBytes()
        => throw new InvalidOperationException("The chain ends before the bytes that were made room for. This is a bug in the engine.");

    [DoesNotReturn]
    public static void ShorterThanItSays() => throw new InvalidOperationException(
        "The chain has fewer bytes than its header says. Two owners used it at the same time, or this is a bug in the engine.");

    [DoesNotReturn]
    public static void SharedMeanwhile() => throw new InvalidOperationException(
        "The next bytes may not be written any more: the transformer shared them, or made them read-only. What it changed before stays.");

    [DoesNotReturn]
    public static void ChangedMeanwhile() => throw new InvalidOperationException(
        "The chain was changed while it was copied, by the memory or the writer that it was copied to.");

    [DoesNotReturn]
    public static void NoRoomGiven() => throw new InvalidOperationException("The writer was asked for room and gave none.");

    [DoesNotReturn]
    public static void FragmentLength(string parameter, int value) => throw new ArgumentOutOfRangeException(
        parameter, value, $"The mbufs of a fragmented chain have 1 to {(int)MbufClusterSize.Standard} bytes each.");

    [DoesNotReturn]
    public static void SegmentLimit(string parameter, int value)
        => throw new ArgumentOutOfRangeException(parameter, value, "A chain has at least one mbuf.");

    [DoesNotReturn]
    public static void MtuTooSmall(string parameter, int value) => throw new ArgumentOutOfRangeException(
        parameter, value, "An MTU of less than 28 bytes holds no fragment: 20 bytes of header and 8 of payload.");

    [DoesNotReturn]
    public static void ReassemblerInUse() => throw new InvalidOperationException(
        "The reassembler is in use, by another thread or by the operation that called this. Only Reclaim may be called meanwhile.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MbufStaleException CreateStale() => new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MbufStaleException CreateStalePosition() => new(
        "The mbuf that the position names is no longer in the chain, or has fewer bytes: it was trimmed, pulled up, split off or laid out anew. "
        + "Take a new position after an operation that removes bytes or moves them.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MbufDoubleFreeException CreateDoubleFree() => new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Exception CreateNotOfThisArena(Mbuf packet) => packet.IsNull
        ? new MbufException("The handle is null: it names no packet. Check Mbuf.IsNull, or the result of the allocation that filled it.")
        : new MbufForeignException($"The handle ({packet}) belongs to another arena. Open it in a scope of its own arena.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MbufForeignException CreateForeign() => new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectDisposedException CreateScopeClosed() => new(
        "MbufScope",
        "The scope was closed (disposed). Its chains end with it: Detach what must live on, and open it in the next scope.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArgumentOutOfRangeException CreateNegative(string parameter, int value)
        => new(parameter, value, "Offsets and lengths are zero or more bytes.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArgumentOutOfRangeException CreateNotContiguous(string parameter, int value) => new(
        parameter,
        value,
        $"At most {MbufSizes.MaximumContiguous} bytes can be contiguous: the largest cluster's size.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArgumentOutOfRangeException CreateNotRoom(string parameter, int value, int room) => new(
        parameter,
        value,
        $"There is room for {room} bytes. Commit as many as were written into the room that was given, or fewer, 0 for none.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OverflowException CreateChainTooLong(long length)
        => new($"The chain would hold {length} bytes; lengths end at {int.MaxValue}.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArgumentOutOfRangeException CreateClusterSize(MbufClusterSize size)
        => new(nameof(size), size, "A cluster has one of the sizes that MbufClusterSize names: 2048, 4096, 9216 or 16384 bytes.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArgumentException CreateAppendToItself()
        => new("A chain cannot be appended to itself. Share() or copy it first.", "other");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArgumentException CreateOtherType(MbufType type, MbufType other)
        => new($"A chain of type {other} cannot be concatenated to one of type {type}. Set Type, or use Append.", nameof(other));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static InvalidOperationException CreateNoPacketHeader() => new(
        "The chain has no packet header, and only a packet header has this field. Allocate with AllocatePacket or AllocatePacketWithoutCluster.");
}
