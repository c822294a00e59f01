using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>The first bytes, seen as a value of some type.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// mtod with a type: the first bytes of the first mbuf, seen in place as a value, for reading. <see cref="TryPullUp"/> makes
    /// them contiguous before.
    /// </summary>
    /// <typeparam name="T">A type without references; with the layout of the bytes on the wire, that is with
    /// <c>Pack = 1</c>, and fields in the byte order of the wire.</typeparam>
    /// <returns>A reference into the packet; nothing is copied. It need not be aligned.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a handle of the engine, or has one: bytes of a packet are
    /// nobody's claim.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has fewer bytes (mbuf(9): not checked).</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public ref readonly T FirstAs<[DynamicallyAccessedMembers(PacketBytes.Fields)] T>()
        where T : unmanaged
        => ref FirstAs<T>(ref Head());

    /// <summary>mtod with a type and M_WRITABLE in one: the same, for writing.</summary>
    /// <typeparam name="T">A type without references; with the layout of the bytes on the wire, that is with
    /// <c>Pack = 1</c>, and fields in the byte order of the wire.</typeparam>
    /// <returns>A reference into the packet: what is written to it is written into the packet. It need not be aligned.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a handle of the engine, or has one.</exception>
    /// <exception cref="InvalidOperationException">The first mbuf has fewer bytes, or they may not be written: the storage is
    /// read-only or shared.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(1).</remarks>
    [UnscopedRef]
    public ref T WritableFirstAs<[DynamicallyAccessedMembers(PacketBytes.Fields)] T>()
        where T : unmanaged
    {
        ref MbufHeader head = ref Head();
        if (!_cache.IsWritable(ref head))
        {
            ThrowHelper.NotWritable();
        }

        return ref FirstAs<T>(ref head);
    }

    [UnscopedRef]
    private ref T FirstAs<[DynamicallyAccessedMembers(PacketBytes.Fields)] T>(ref MbufHeader head)
        where T : unmanaged
    {
        if (!PacketBytes.As<T>.IsAllowed)
        {
            ThrowHelper.NotPacketBytes(typeof(T));
        }

        if (RawMemory.SizeOf<T>() > head.SegmentLength)
        {
            ThrowHelper.TooFewContiguous(RawMemory.SizeOf<T>(), head.SegmentLength);
        }

        return ref _cache.Hot.Memory.Raw.ValueAt<T>(head.Data);
    }
}
