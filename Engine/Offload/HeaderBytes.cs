using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Header bytes, wherever the borders between segments lie. For the engine's own parsers, which have compared places with the
/// length.
/// </summary>
internal static class HeaderBytes
{
    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// Bytes inside the chain: where they lie, if that is in the first mbuf, else copied into <paramref name="scratch"/>.
        /// </summary>
        internal ReadOnlySpan<byte> BytesAt(int offset, int length, Span<byte> scratch)
        {
            ref MbufHeader head = ref chain.VerifiedHead();
            if (length <= head.SegmentLength - offset)
            {
                return chain.Cache.Hot.Memory.Bytes(head.Data + offset, length);
            }

            chain.TryCopyTo(offset, scratch[..length]);
            return scratch[..length];
        }

        /// <summary>A byte inside the chain.</summary>
        internal byte ReadByte(int offset)
        {
            EightBytes scratch = default;
            return chain.BytesAt(offset, 1, scratch)[0];
        }

        /// <summary>A 16-bit big-endian number inside the chain.</summary>
        internal ushort ReadNumber(int offset)
        {
            EightBytes scratch = default;
            return BinaryPrimitives.ReadUInt16BigEndian(chain.BytesAt(offset, sizeof(ushort), scratch));
        }

        /// <summary>Eight bytes inside the chain, the first one on top.</summary>
        internal ulong ReadEight(int offset)
        {
            EightBytes scratch = default;
            return BinaryPrimitives.ReadUInt64BigEndian(chain.BytesAt(offset, sizeof(ulong), scratch));
        }
    }

    [InlineArray(sizeof(ulong))]
    internal struct EightBytes
    {
        private byte _first;
    }
}
