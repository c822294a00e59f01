using System.Buffers.Binary;

using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>--clear-df: takes back a sender's word that an IPv4 packet must not be fragmented (RFC 791, section 3.1).</summary>
internal static class DontFragment
{
    private const int PlaceOfFlags = 6;
    private const int PlaceOfChecksum = 10;
    private const ushort Bit = 0x4000;

    /// <summary>Clears the bit, and changes the checksum by the difference (RFC 1624): a wrong one stays wrong.</summary>
    /// <param name="packet">The packet, from its IP header on.</param>
    public static StepOutcome Clear(MbufChain packet)
    {
        Span<byte> bytes = stackalloc byte[IPv4Header.Size];
        if (packet.Length < bytes.Length || !packet.TryCopyTo(0, bytes) || bytes[0] >> 4 != 4)
        {
            return StepOutcome.NotApplicable;
        }

        ushort before = BinaryPrimitives.ReadUInt16BigEndian(bytes[PlaceOfFlags..]);
        if ((before & Bit) == 0)
        {
            return StepOutcome.NotNeeded;
        }

        ushort after = (ushort)(before & ~Bit);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(bytes[PlaceOfChecksum..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PlaceOfFlags..], after);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PlaceOfChecksum..], InternetChecksum.Update(checksum, before, after));
        return packet.TryCopyFrom(PlaceOfFlags, bytes[PlaceOfFlags..(PlaceOfChecksum + sizeof(ushort))])
            ? StepOutcome.Done
            : StepOutcome.Refused;
    }
}
