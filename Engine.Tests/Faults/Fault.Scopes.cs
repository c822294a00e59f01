using System.Buffers;

namespace Engine.Mbufs.Tests.Faults;

/// <content>Allocations.</content>
internal sealed partial record Fault
{
    private static Fault Fresh(string operation, FaultAttempt attempt, string what = "")
        => new($"MbufScope.{operation}", what, attempt) { IsFresh = true };

    private static IEnumerable<Fault> OfScopes() =>
    [
        Fresh("AllocateMbuf()", static (in mbufs, _, _) => Freed(mbufs.AllocateMbuf())),
        Fresh("AllocatePacketWithoutCluster()", static (in mbufs, _, _) => Freed(mbufs.AllocatePacketWithoutCluster())),
        Fresh("AllocateZeroedMbuf()", static (in mbufs, _, _) => Freed(mbufs.AllocateZeroedMbuf())),
        Fresh("AllocatePacket()", static (in mbufs, _, _) => Freed(mbufs.AllocatePacket())),
        Fresh("AllocateMbufWithCluster()", static (in mbufs, _, _) => Freed(mbufs.AllocateMbufWithCluster())),
        Fresh("AllocatePacket(MbufClusterSize)", static (in mbufs, _, _) => Freed(mbufs.AllocatePacket(MbufClusterSize.Jumbo9))),
        Fresh("AllocateMbufWithCluster(MbufClusterSize)", static (in mbufs, _, _) => Freed(mbufs.AllocateMbufWithCluster(MbufClusterSize.Jumbo16))),
        Fresh("AllocatePacket(Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocatePacket(10_100))),
        Fresh("AllocateChain(Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateChain(10_100))),
        Fresh("AllocateContiguousMbuf(Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateContiguousMbuf(100)), "small"),
        Fresh("AllocateContiguousMbuf(Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateContiguousMbuf(9000)), "large"),
        Fresh("AllocateContiguousPacket(Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateContiguousPacket(1000))),
        Fresh("AllocateContiguousPacket(Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateContiguousPacket(16_384)), "large"),
        Fresh("AllocatePacketFrom(ReadOnlySpan, Int32, UInt16)", static (in mbufs, _, _) => Freed(mbufs.AllocatePacketFrom(Bytes(6600), 60, 1))),
        Fresh("AllocatePacketFrom(TSource, Int32, Int32, UInt16)", static (in mbufs, _, _) => FromSource(mbufs)),
        Fresh("AllocatePacketFrom(TSource, Int32)", static (in mbufs, _, _) => FromSource(mbufs, asFewAsPossible: true)) with { Recovers = true },
        Fresh("AllocatePacketFrom(ReadOnlySequence, Int32, Int32)", static (in mbufs, _, _) => FromSequence(mbufs, header: true)),
        Fresh("AllocateChainFrom(ReadOnlySequence, Int32, Int32)", static (in mbufs, _, _) => FromSequence(mbufs, header: false)),
        Fresh("TryAllocatePackets(Span)", static (in mbufs, _, _) => Bulk(mbufs)),
        Fresh("AllocateTag(UInt32, UInt16, Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateTag(9, 1, 9000))),
        Fresh("AllocateTag(UInt16, Int32)", static (in mbufs, _, _) => Freed(mbufs.AllocateTag(1, 10))),
    ];

    /// <summary>What waits tries again after a failure on purpose, also if it has no time at all.</summary>
    private static Fault Waiting(string operation, FaultAttempt attempt) => new($"{nameof(MbufWaitingScope)}.{operation}", "", attempt) { IsFresh = true, Recovers = true };

    private static IEnumerable<Fault> OfWaiting() =>
    [
        Waiting("AllocateMbuf()", static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateMbuf())),
        Waiting("AllocatePacketWithoutCluster()", static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocatePacketWithoutCluster())),
        Waiting("AllocateZeroedMbuf()", static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateZeroedMbuf())),
        Waiting("AllocatePacket()", static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocatePacket())),
        Waiting("AllocateMbufWithCluster()", static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster())),
        Waiting(
            "AllocatePacket(MbufClusterSize)",
            static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocatePacket(MbufClusterSize.Page))),
        Waiting(
            "AllocateMbufWithCluster(MbufClusterSize)",
            static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster(MbufClusterSize.Page))),
        Waiting(
            "AllocatePacket(Int32)",
            static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocatePacket(10_100))),
        Waiting(
            "AllocateChain(Int32)",
            static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateChain(10_100))),
        Waiting(
            "AllocateContiguousMbuf(Int32)",
            static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateContiguousMbuf(3000))),
        Waiting(
            "AllocateContiguousPacket(Int32)",
            static (in mbufs, _, _) => Freed(mbufs.Waiting(TimeSpan.Zero).AllocateContiguousPacket(3000))),
    ];

    private static bool FromSource(in MbufScope mbufs, bool asFewAsPossible = false)
    {
        var source = new Sevens();
        bool done = Freed(asFewAsPossible ? mbufs.AllocatePacketFrom(ref source, 6600) : mbufs.AllocatePacketFrom(ref source, 6600, 60, 1));
        Must(done == (source.Given == 6600) && (done || source.Given == 0), "A source is asked only if there is room for everything.");
        return done;
    }

    private static bool FromSequence(in MbufScope mbufs, bool header)
    {
        var source = new ReadOnlySequence<byte>(Bytes(7000));
        bool done = Freed(header ? mbufs.AllocatePacketFrom(ref source, 6600, 0) : mbufs.AllocateChainFrom(ref source, 6600, 0));
        Must(source.Length == (done ? 400 : 7000), "A sequence moves on by what was taken.");
        return done;
    }

    private static bool Bulk(in MbufScope mbufs)
    {
        var packets = new Mbuf[9];
        if (mbufs.TryAllocatePackets(packets))
        {
            mbufs.Free(packets);
            return true;
        }

        Must(packets.All(static packet => packet.IsNull), "The destination is untouched.");
        return false;
    }

    private static void Must(bool truth, string sentence)
    {
        if (!truth)
        {
            throw new InvalidOperationException(sentence);
        }
    }

    private struct Sevens : IMbufSource
    {
        public int Given { get; private set; }

        public void CopyTo(int offset, scoped Span<byte> destination)
        {
            destination.Fill(7);
            Given += destination.Length;
        }
    }
}
