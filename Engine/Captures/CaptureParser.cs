using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>A capture format: finds the packets in a stream, and leaves reading their bytes to others.</summary>
internal abstract class CaptureParser
{
    public abstract MbufCaptureFormat Format { get; }

    /// <summary>Reads up to the bytes of the next packet.</summary>
    /// <returns>False at the end of the capture.</returns>
    /// <exception cref="InvalidDataException">What comes next is malformed or cut off.</exception>
    public abstract bool TryReadHeader(out CaptureRecord record);

    /// <summary>Reads what comes behind the bytes of the packet and belongs to it.</summary>
    /// <exception cref="InvalidDataException">It is malformed or cut off.</exception>
    public abstract void ReadTrailer();
}

/// <summary>What a capture says of a packet before the packet's bytes.</summary>
/// <param name="LinkType">What the packet starts with.</param>
/// <param name="CapturedLength">Bytes that follow, 0 or more; checked against what can be.</param>
/// <param name="OriginalLength">Bytes that there were, as it says.</param>
/// <param name="InterfaceNumber">Among those of the section, from 0.</param>
/// <param name="Timestamp">Nanoseconds since the Unix epoch.</param>
internal readonly record struct CaptureRecord(
    MbufLinkType LinkType,
    int CapturedLength,
    long OriginalLength,
    int InterfaceNumber,
    ulong Timestamp);

/// <summary>The byte order of the machine that wrote a capture.</summary>
internal readonly record struct CaptureByteOrder(bool IsBigEndian)
{
    /// <summary>The first two bytes as a number.</summary>
    public ushort UInt16(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    /// <summary>The first four bytes as a number.</summary>
    public uint UInt32(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>The first eight bytes as a number.</summary>
    public long Int64(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}

/// <summary>How much a capture may claim before it is believed.</summary>
internal static class CaptureLimits
{
    /// <summary>
    /// The most interfaces of a section: each costs memory, and what comes first in a stream decides how many there are.
    /// </summary>
    public const int MostInterfaces = 65_536;

    /// <summary>
    /// The most bytes of a captured packet, for a file or an interface with this snap length. Files exist whose packets are
    /// longer than it says, and 0 stands for no limit: so what is usual is always allowed, and more only if the snap length
    /// says so.
    /// </summary>
    public static int MostBytes(uint snapLength)
        => (int)Math.Clamp(snapLength, MbufCaptureReader.DefaultSnapLength, MbufCaptureReader.MaximumSnapLength);
}
