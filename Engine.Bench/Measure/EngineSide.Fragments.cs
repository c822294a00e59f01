using System.Buffers.Binary;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Measure;

/// <content>IP fragmentation.</content>
internal sealed partial class EngineSide
{
    private const int HeaderLength = 20;
    private const int TimeToLiveAndProtocol = 0x4011;

    /// <summary>A packet is made of three segments, cut, and its fragments are freed.</summary>
    private Repetitions Fragments()
    {
        var fragments = new MbufQueue(_arena);
        return new Repetitions(count => Fragment(fragments, count), Repetition);
    }

    private void Fragment(MbufQueue fragments, int count)
    {
        using MbufScope mbufs = _arena.Enter();
        for (int i = 0; i < count; i++)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.TryAppend(Work.FragmentedFirst, out Span<byte> room);
            WriteHeader(room[..HeaderLength]);
            for (int k = 0; k < 2; k++)
            {
                MbufChain behind = mbufs.AllocateMbufWithCluster();
                behind.TryAppend(Work.FragmentedNext, out _);
                packet.Append(behind);
            }

            if (packet.FragmentInto(Work.FragmentMtu, fragments) != MbufOffloadStatus.Done)
            {
                throw new BenchException("A packet was not fragmented.");
            }

            fragments.Drain(mbufs);
        }
    }

    /// <summary>As the peer writes it; the checksum is the fragmentation's.</summary>
    private static void WriteHeader(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x4500_0000 + Work.FragmentedFirst + (2 * Work.FragmentedNext));
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 0x1234_0000);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], TimeToLiveAndProtocol << 16);
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], 0x0A00_0001);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], 0x0A00_0002);
    }
}
