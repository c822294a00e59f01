using System.Buffers.Binary;

namespace Engine.Mbufs.Tests.Model;

/// <content>Reading numbers and bytes, one after the other.</content>
internal sealed partial class Churn
{
    /// <summary>Reads a number, after a look at it, and compares it with what the bytes say.</summary>
    private static readonly NumberReader[] s_readers =
    [
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekByte(out byte peeked), peeked, reader.TryReadByte(out byte read), read, bytes.Length >= 1 ? bytes[0] : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekUInt16BigEndian(out ushort peeked),
            peeked,
            reader.TryReadUInt16BigEndian(out ushort read),
            read,
            BinaryPrimitives.TryReadUInt16BigEndian(bytes, out ushort value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekInt16BigEndian(out short peeked),
            peeked,
            reader.TryReadInt16BigEndian(out short read),
            read,
            BinaryPrimitives.TryReadInt16BigEndian(bytes, out short value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekUInt32BigEndian(out uint peeked),
            peeked,
            reader.TryReadUInt32BigEndian(out uint read),
            read,
            BinaryPrimitives.TryReadUInt32BigEndian(bytes, out uint value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekInt32BigEndian(out int peeked),
            peeked,
            reader.TryReadInt32BigEndian(out int read),
            read,
            BinaryPrimitives.TryReadInt32BigEndian(bytes, out int value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekUInt64BigEndian(out ulong peeked),
            peeked,
            reader.TryReadUInt64BigEndian(out ulong read),
            read,
            BinaryPrimitives.TryReadUInt64BigEndian(bytes, out ulong value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekInt64BigEndian(out long peeked),
            peeked,
            reader.TryReadInt64BigEndian(out long read),
            read,
            BinaryPrimitives.TryReadInt64BigEndian(bytes, out long value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekUInt16LittleEndian(out ushort peeked),
            peeked,
            reader.TryReadUInt16LittleEndian(out ushort read),
            read,
            BinaryPrimitives.TryReadUInt16LittleEndian(bytes, out ushort value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekInt16LittleEndian(out short peeked),
            peeked,
            reader.TryReadInt16LittleEndian(out short read),
            read,
            BinaryPrimitives.TryReadInt16LittleEndian(bytes, out short value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekUInt32LittleEndian(out uint peeked),
            peeked,
            reader.TryReadUInt32LittleEndian(out uint read),
            read,
            BinaryPrimitives.TryReadUInt32LittleEndian(bytes, out uint value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekInt32LittleEndian(out int peeked),
            peeked,
            reader.TryReadInt32LittleEndian(out int read),
            read,
            BinaryPrimitives.TryReadInt32LittleEndian(bytes, out int value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekUInt64LittleEndian(out ulong peeked),
            peeked,
            reader.TryReadUInt64LittleEndian(out ulong read),
            read,
            BinaryPrimitives.TryReadUInt64LittleEndian(bytes, out ulong value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekInt64LittleEndian(out long peeked),
            peeked,
            reader.TryReadInt64LittleEndian(out long read),
            read,
            BinaryPrimitives.TryReadInt64LittleEndian(bytes, out long value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekBigEndian(out uint peeked),
            peeked,
            reader.TryReadBigEndian(out uint read),
            read,
            BinaryPrimitives.TryReadUInt32BigEndian(bytes, out uint value) ? value : null),
        static (ref reader, bytes) => AgreeOn(
            reader.TryPeekLittleEndian(out char peeked),
            peeked,
            reader.TryReadLittleEndian(out char read),
            read,
            BinaryPrimitives.TryReadUInt16LittleEndian(bytes, out ushort value) ? (char)value : null),
    ];

    private delegate bool NumberReader(ref MbufReader reader, ReadOnlySpan<byte> bytes);

    private Outcome Read(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufReader reader = chain.GetReader();
        int place = RandomOffset(packet.Length);
        bool isInside = place <= packet.Length;
        Require(reader.TrySeek(place) == isInside, "A place inside is found, and nothing else.");
        place = isInside ? place : 0;
        for (int count = _random.Next(10); count > 0; count--)
        {
            place = ReadOne(ref reader, packet.Bytes.Span, place);
            Require(reader.Position == place && reader.Remaining == packet.Length - place, "The reader knows where it is.");
        }

        return isInside ? Unchanged(packet, chain) : Refused(packet, chain, possible: false);
    }

    /// <summary>Goes over a number, over some bytes, or nowhere if there are fewer. Returns where it is then.</summary>
    private int ReadOne(ref MbufReader reader, ReadOnlySpan<byte> bytes, int place)
    {
        ReadOnlySpan<byte> left = bytes[place..];
        int way = Noted(_random.Next(s_readers.Length + 3));
        if (way < s_readers.Length)
        {
            bool isThere = s_readers[way](ref reader, left);
            return isThere ? reader.Position : place;
        }

        int length = RandomRange(bytes.Length, place);
        bool isInside = length <= left.Length;
        if (way == s_readers.Length)
        {
            Require(reader.TryAdvance(length) == isInside, "What is inside is gone over.");
        }
        else
        {
            Span<byte> peeked = _copied.AsSpan(0, length);
            Require(reader.TryPeek(peeked) == isInside && (!isInside || left.StartsWith(peeked)), "What is inside is seen.");
            peeked.Clear();
            Require(reader.TryRead(peeked) == isInside && (!isInside || left.StartsWith(peeked)), "What is inside is read.");
        }

        return isInside ? place + length : place;
    }

    private static bool AgreeOn<T>(bool isPeeked, T peeked, bool isRead, T read, T? value)
        where T : struct
    {
        Require(isPeeked == value.HasValue && isRead == value.HasValue, "A number that is there is read, and no other.");
        T expected = value.GetValueOrDefault();
        Require(peeked.Equals(expected) && read.Equals(expected), "The number is right.");
        return isRead;
    }
}
