using System.Globalization;
using System.Text;

namespace Engine.Mbufs;

/// <summary>A chain described for people: its mbufs, or its bytes.</summary>
public static class MbufDump
{
    private const int BytesInLine = 16;

    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// Says what the chain is, and then, a line for each mbuf, where its bytes lie, how much room is round them, who may write
        /// them, and its flags (mbuf(9): m_print). For people and logs; the format may change.
        /// </summary>
        /// <returns>Lines, each ended by a line feed.</returns>
        /// <remarks>O(segments). Allocates a string.</remarks>
        public string Dump()
        {
            ref MbufHeader head = ref chain.VerifiedHead();
            var text = new StringBuilder();
            text.Append(chain.ToString());
            if ((head.Flags & HeaderFlags.PacketHeader) != 0)
            {
                chain.DescribeHeader(text, ref head);
            }

            text.Append('\n');
            int position = 0;
            for (uint index = chain.Index; index != 0; index = chain.At(index).Next)
            {
                chain.DescribeSegment(text, ref chain.At(index), index, position);
                position += chain.At(index).SegmentLength;
            }

            return text.ToString();
        }

        /// <summary>
        /// The chain's bytes in hexadecimal and as text, 16 in a line, wherever the borders between segments lie (mbuf(9): m_print
        /// with a length).
        /// </summary>
        /// <param name="most">Most bytes to show, 0 or more; what is left out is counted in a last line.</param>
        /// <returns>Lines, each ended by a line feed; empty for an empty chain.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is negative.</exception>
        /// <remarks>O(bytes shown). Allocates a string.</remarks>
        public string DumpHex(int most = int.MaxValue)
        {
            int length = chain.VerifiedHead().ChainLength;
            if (most < 0)
            {
                ThrowHelper.Negative(nameof(most), most);
            }

            byte[] bytes = new byte[Math.Min(most, length)];
            chain.TryCopyTo(0, bytes);
            var text = new StringBuilder();
            for (int offset = 0; offset < bytes.Length; offset += BytesInLine)
            {
                DescribeBytes(text, bytes.AsSpan(offset, Math.Min(BytesInLine, bytes.Length - offset)), offset);
            }

            if (bytes.Length < length)
            {
                text.Append(CultureInfo.InvariantCulture, $"and {length - bytes.Length} bytes more\n");
            }

            return text.ToString();
        }

        private void DescribeHeader(StringBuilder text, ref MbufHeader head)
        {
            int tags = 0;
            for (uint tag = chain.FirstTag(); tag != 0; tag = chain.At(tag).Next)
            {
                tags++;
            }

            text.Append(
                CultureInfo.InvariantCulture,
                $", interface {head.ReceiveInterface}, flow {head.FlowId}, ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"checksum {(MbufChecksumFlags)head.ChecksumFlags} {head.ChecksumData}, tags {tags}");
        }

        private void DescribeSegment(StringBuilder text, ref MbufHeader header, uint index, int position)
        {
            int references = chain.Cache.Hot.Memory.References(ref header);
            string writable = chain.Cache.IsWritable(ref header) ? "writable"
                : (header.Flags & HeaderFlags.ReadOnly) != 0 ? "read-only"
                : "shared";
            string where = header.IsInternal
                ? "internal"
                : string.Create(CultureInfo.InvariantCulture, $"{header.Kind} {header.Storage}");
            text.Append(
                CultureInfo.InvariantCulture,
                $"mbuf {index}: {header.SegmentLength} bytes at {position}, {where}, ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{chain.Cache.Hot.Memory.RoomBefore(ref header)} before, {chain.Cache.Hot.Memory.RoomBehind(ref header)} behind, {writable}, ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{references} reference{(references == 1 ? "" : "s")}, type {header.Type}, flags {(MbufFlags)(header.Flags & HeaderFlags.Settable)}\n");
        }
    }

    private static void DescribeBytes(StringBuilder text, ReadOnlySpan<byte> line, int offset)
    {
        text.Append(CultureInfo.InvariantCulture, $"{offset:x8} ");
        for (int place = 0; place < BytesInLine; place++)
        {
            text.Append(place == BytesInLine / 2 ? "  " : " ");
            text.Append(place < line.Length ? line[place].ToString("x2", CultureInfo.InvariantCulture) : "  ");
        }

        text.Append("  |");
        foreach (byte one in line)
        {
            text.Append(one is >= 0x20 and < 0x7F ? (char)one : '.');
        }

        text.Append("|\n");
    }
}
