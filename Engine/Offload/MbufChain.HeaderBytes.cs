using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// Header bytes, wherever the borders between segments lie. For the engine's own parsers, which have compared places with the
/// length.
/// </content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Bytes inside the chain: where they lie, if that is in the first mbuf, else copied into <paramref name="scratch"/>.
    /// </summary>
    internal ReadOnlySpan<byte> BytesAt(int offset, int length, Span<byte> scratch)
    {
        ref MbufHeader head = ref Head();
        if (length <= head.SegmentLength - offset)
        {
            return _cache.Hot.Memory.Bytes(head.Data + offset, length);
        }

        TryCopyTo(offset, scratch[..length]);
        return scratch[..length];
    }

    /// <summary>A byte inside the chain.</summary>
    internal byte ReadByte(int offset)
    {
        EightBytes scratch = default;
        return BytesAt(offset, 1, scratch)[0];
    }

    /// <summary>A 16-bit big-endian number inside the chain.</summary>
    internal ushort ReadNumber(int offset)
    {
        EightBytes scratch = default;
        return BinaryPrimitives.ReadUInt16BigEndian(BytesAt(offset, sizeof(ushort), scratch));
    }

    /// <summary>Eight bytes inside the chain, the first one on top.</summary>
    internal ulong ReadEight(int offset)
    {
        EightBytes scratch = default;
        return BinaryPrimitives.ReadUInt64BigEndian(BytesAt(offset, sizeof(ulong), scratch));
    }

    [InlineArray(sizeof(ulong))]
    private struct EightBytes
    {
        private byte _first;
    }
}
