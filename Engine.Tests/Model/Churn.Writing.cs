using System.Buffers.Binary;

namespace Engine.Mbufs.Tests.Model;

/// <content>Writing numbers and bytes, one after the other.</content>
internal sealed partial class Churn
{
    /// <summary>Writes a number, and says what its bytes are.</summary>
    private static readonly NumberWriter[] s_writers =
    [
        static (ref writer, value, bytes) =>
        {
            bytes[0] = (byte)value;
            return (writer.TryWriteByte((byte)value), 1);
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
            return (writer.TryWriteUInt16BigEndian((ushort)value), sizeof(ushort));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteInt16BigEndian(bytes, (short)value);
            return (writer.TryWriteInt16BigEndian((short)value), sizeof(short));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
            return (writer.TryWriteUInt32BigEndian((uint)value), sizeof(uint));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes, (int)value);
            return (writer.TryWriteInt32BigEndian((int)value), sizeof(int));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)value);
            return (writer.TryWriteUInt64BigEndian((ulong)value), sizeof(ulong));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, (long)value);
            return (writer.TryWriteInt64BigEndian((long)value), sizeof(long));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
            return (writer.TryWriteUInt16LittleEndian((ushort)value), sizeof(ushort));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)value);
            return (writer.TryWriteInt16LittleEndian((short)value), sizeof(short));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
            return (writer.TryWriteUInt32LittleEndian((uint)value), sizeof(uint));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
            return (writer.TryWriteInt32LittleEndian((int)value), sizeof(int));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)value);
            return (writer.TryWriteUInt64LittleEndian((ulong)value), sizeof(ulong));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)value);
            return (writer.TryWriteInt64LittleEndian((long)value), sizeof(long));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
            return (writer.TryWriteBigEndian((uint)value), sizeof(uint));
        },
        static (ref writer, value, bytes) =>
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
            return (writer.TryWriteLittleEndian((char)value), sizeof(char));
        },
    ];

    private delegate (bool IsWritten, int Length) NumberWriter(ref MbufWriter writer, long value, Span<byte> bytes);

    /// <summary>Over what is there and behind it, until the memory ends.</summary>
    private Outcome WriteOn(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        MbufWriter writer = chain.GetWriter();
        int place = RandomOffset(packet.Length);
        bool isInside = place <= packet.Length;
        Require(writer.TrySeek(place) == isInside, "A place inside is found, and nothing else.");
        place = isInside ? place : 0;
        for (int count = _random.Next(10); count > 0; count--)
        {
            int skipped = RandomRange(packet.Length, place) / 4;
            Require(writer.TryAdvance(skipped) == (skipped <= packet.Length - place), "What is inside is gone over.");
            place = writer.Position;
            _before.Take(chain);
            CountFailures();
            if (!TryWriteOne(ref writer, packet, place))
            {
                Require(writer.Position == place, "A writer that fails goes nowhere.");
                return Exhausted(packet, chain);
            }

            place = writer.Position;
            Require(writer.Remaining == packet.Length - place, "The writer knows where it is.");
            Compare(packet, chain);
        }

        return Done(packet, chain);
    }

    private bool TryWriteOne(ref MbufWriter writer, ModelPacket packet, int place)
    {
        bool isWritten;
        ReadOnlySpan<byte> bytes;
        if (Noted(_random.Next(s_writers.Length + 4)) is var way && way < s_writers.Length)
        {
            Span<byte> number = _copied.AsSpan(0, sizeof(ulong));
            (isWritten, int length) = s_writers[way](ref writer, _random.NextInt64(), number);
            bytes = number[..length];
        }
        else
        {
            bytes = RandomBytes(Math.Min(RandomLength(), Math.Max(0, MostBytes - place)));
            isWritten = writer.TryWrite(bytes);
        }

        if (isWritten)
        {
            packet.CopyBack(place, bytes);
            Require(writer.Position == place + bytes.Length, "The writer is behind what it wrote.");
        }

        return isWritten;
    }
}
