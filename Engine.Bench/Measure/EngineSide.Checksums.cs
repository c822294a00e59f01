using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Measure;

/// <content>Checksums of packets that are there already.</content>
internal sealed partial class EngineSide
{
    private const int LongRepetition = 64;

    private Repetitions Checksum(int segments, int length, int repetition)
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = Build(mbufs, segments, length);
        bool isRight = packet.TryComputeChecksum(0, segments * length, out ushort sum)
            && sum == ChecksumOf(Built(segments, length));
        _held = packet.Detach();
        return isRight ? new Repetitions(Sum, repetition) : throw new BenchException("The engine's checksum is wrong.");
    }

    private void Sum(int count)
    {
        using MbufScope mbufs = _arena.Enter();
        MbufChain packet = mbufs.Open(_held);
        int length = packet.Length;
        for (int i = 0; i < count; i++)
        {
            if (!packet.TryComputeChecksum(0, length, out _))
            {
                throw new BenchException("A checksum was refused.");
            }
        }

        _held = packet.Detach();
    }

    /// <summary>RFC 1071, word by word.</summary>
    private static ushort ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
