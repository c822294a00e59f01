using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Faults;

/// <content>What is done with the data of a chain.</content>
internal sealed partial record Fault
{
    private static readonly MbufInterface s_interface = new("lo0");

    private static Fault Chain(string operation, FaultAttempt attempt, string what = "") => new($"MbufChain.{operation}", what, attempt);

    private static IEnumerable<Fault> OfChains() =>
    [
        Chain("TryAppend(ReadOnlySpan)", static (in _, chain, _) => chain.TryAppend(Bytes(20)), "few"),
        Chain("TryAppend(ReadOnlySpan)", static (in _, chain, _) => chain.TryAppend(Bytes(9100)), "many"),
        Chain("TryAppend(Int32, Span)", static (in _, chain, _) => Extended(chain, 20), "little"),
        Chain("TryAppend(Int32, Span)", static (in _, chain, _) => Extended(chain, 16_384), "much"),
        Chain("TryAddRoom(Int32)", static (in _, chain, _) => chain.TryAddRoom(10_100)),
        Chain("TryPrepend(Int32, Span)", static (in _, chain, _) => Prepended(chain, 200), "little"),
        Chain("TryPrepend(Int32, Span)", static (in _, chain, _) => Prepended(chain, 16_384), "much"),
        Chain("TryPrepend(ReadOnlySpan)", static (in _, chain, _) => chain.TryPrepend(Bytes(3000))),
        Chain("TryPullUp(Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryPullUp(chain.Length, out _), "all"),
        Chain("TryPullUp(Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryPullUp(Half(chain), out _), "half"),
        Chain("TryCopyFrom(Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryCopyFrom(0, Bytes(chain.Length)), "over all"),
        Chain("TryCopyFrom(Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryCopyFrom(Half(chain), [1]), "over one"),
        Chain("TryCopyFrom(Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryCopyFrom(Half(chain), Bytes(9000)), "past the end"),
        Chain("TryCopyFrom(Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryCopyFrom(chain.Length + 5000, [1]), "behind a gap"),
        Chain("Share()", static (in _, chain, _) => Freed(chain.Share())),
        Chain("TrySplit(Int32, MbufChain)", static (in _, chain, _) => SplitAndJoined(chain, Half(chain)), "in the middle"),
        Chain("TrySplit(Int32, MbufChain)", static (in _, chain, _) => SplitAndJoined(chain, 0), "at the start"),
        Chain("TrySplit(Int32, MbufChain)", static (in _, chain, _) => SplitAndJoined(chain, chain.Length), "at the end"),
        Chain("TryTakeFront(Int32, MbufChain)", static (in _, chain, _) => FrontTaken(chain, Half(chain)), "in the middle"),
        Chain("TryTakeFront(Int32, MbufChain)", static (in _, chain, _) => FrontTaken(chain, 0), "nothing"),
        Chain("TryTakeFront(Int32, MbufChain)", static (in _, chain, _) => FrontTaken(chain, chain.Length), "all"),
        Chain("TryGetRoom(Int32, Span)", static (in _, chain, _) => RoomCommitted(chain, 20), "little") with { Recovers = true },
        Chain("TryGetRoom(Int32, Span)", static (in _, chain, _) => RoomCommitted(chain, 16_384), "much"),
        Chain("TryReserveRoom(Int32, MbufRoom)", static (in _, chain, _) => RoomReserved(chain, 9000)) with { Recovers = true },
        Chain("TryReserveRoom(Int32, MbufClusterSize, MbufRoom)", static (in _, chain, _) => RoomReserved(chain, 40_000, MbufClusterSize.Jumbo16))
            with { Recovers = true },
        Chain("TryCompleteTransportChecksum()", static (in _, chain, _) => chain.TryCompleteTransportChecksum()) with { NeedsIPv4 = true },
        Chain("CompleteChecksums(MbufInterface)", static (in _, chain, _) => ChecksumsCompleted(chain)) with { NeedsIPv4 = true },
        Chain("TryAttachCluster()", static (in _, chain, _) => chain.TryAttachCluster()) with { NeedsEmptyFirst = true },
        Chain("TryAttachCluster(MbufClusterSize)", static (in _, chain, _) => chain.TryAttachCluster(MbufClusterSize.Jumbo9))
            with { NeedsEmptyFirst = true },
    ];

    private static int Half(MbufChain chain) => (chain.Length + 1) / 2;

    private static bool Extended(MbufChain chain, int length)
    {
        bool done = chain.TryAppend(length, out Span<byte> room);
        room.Fill(9);
        return done;
    }

    private static bool Prepended(MbufChain chain, int length)
    {
        bool done = chain.TryPrepend(length, out Span<byte> room);
        room.Fill(9);
        return done;
    }

    private static bool FrontTaken(MbufChain chain, int length)
    {
        if (!chain.TryTakeFront(length, out MbufChain front))
        {
            return false;
        }

        front.Dispose();
        return true;
    }

    private static bool RoomCommitted(MbufChain chain, int length)
    {
        if (!chain.TryGetRoom(length, out Span<byte> room))
        {
            return false;
        }

        room[..length].Fill(9);
        chain.Commit(length);
        return true;
    }

    private static bool RoomReserved(MbufChain chain, int length, MbufClusterSize clusters = MbufClusterSize.Standard)
    {
        bool done = clusters == MbufClusterSize.Standard
            ? chain.TryReserveRoom(length, out MbufRoom room)
            : chain.TryReserveRoom(length, clusters, out room);
        if (room.Length < length)
        {
            room.Dispose(); // What the arena could give; nothing of it is used.
            return false;
        }

        foreach (Span<byte> piece in room)
        {
            piece.Fill(9);
        }

        room.Commit(room.Length);
        return done;
    }

    private static bool SplitAndJoined(MbufChain chain, int offset)
    {
        if (!chain.TrySplit(offset, out MbufChain rest))
        {
            return false;
        }

        if (!rest.IsNull)
        {
            chain.Append(rest);
        }

        return true;
    }

    private static bool ChecksumsCompleted(MbufChain chain)
    {
        MbufChecksumFlags before = chain.ChecksumFlags;
        chain.ChecksumFlags = MbufChecksumFlags.IPv4;
        bool done = chain.CompleteChecksums(s_interface) == MbufOffloadStatus.Done;
        chain.ChecksumFlags = before;
        return done;
    }
}
