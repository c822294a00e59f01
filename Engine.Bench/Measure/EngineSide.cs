namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// A work done by the engine, as its users would: default options but for the number of packets, every check on, one scope for
/// each repetition as for each turn of an event loop.
/// </summary>
internal sealed partial class EngineSide : ISide
{
    private const int Repetition = 8192;

    private readonly Work _work;
    private readonly MbufArena _arena;
    private readonly Mbuf[] _packets;
    private readonly byte[] _payload = new byte[Work.PayloadLength];

    /// <summary>A packet that stays from one repetition to the next.</summary>
    private Mbuf _held;

    public EngineSide(Work work)
    {
        // The peer's pool is as large: what is in flight, and a little that caches may hold.
        int packets = work.Cores > 1 ? Work.PacketsHandedOver
            : work.IsInFlight ? work.Number + Work.PacketsSpare
            : Work.PacketsFew + Work.PacketsSpare;
        _work = work;
        _arena = new MbufArena(new MbufArenaOptions { Mbufs = packets, Clusters = packets });
        _packets = new Mbuf[work.IsInFlight ? work.Number : Work.Burst + (Work.Places * Work.PlaceStep)];
    }

    /// <summary>Packets that are not free.</summary>
    public int LiveMbufs => _arena.LiveMbufs;

    public Repetitions? Prepare() => _work.Family switch
    {
        "alloc-free" => new Repetitions(AllocateFree, Repetition),
        "burst32" => new Repetitions(Burst, Repetition),
        "inflight" => Shuffled(new Repetitions(InFlight, _work.Number)),
        "inflight-write64" => Shuffled(new Repetitions(InFlightWrite, _work.Number)),
        "prepend-trim" => new Repetitions(PrependTrim, Repetition),
        "prepend-no-room" => new Repetitions(PrependNoRoom, Repetition),
        "share-free" => Checked(CheckShare, new Repetitions(ShareFree, Repetition)),
        "copy-1500" => Checked(CheckCopy, new Repetitions(Copy, Repetition)),
        "chain4" => new Repetitions(Chain, Repetition),
        "chain4-linearize" => Checked(CheckLinearize, new Repetitions(ChainLinearize, Repetition)),
        "copy-out-1500x4" => Checked(CheckCopyOut, new Repetitions(CopyOut, Repetition)),
        "split-concat" => Checked(CheckSplit, new Repetitions(SplitConcatenate, Repetition)),
        "parse-54x2" => Checked(CheckParse, new Repetitions(Parse, Repetition)),
        "pullup-54" => Checked(CheckPullUp, new Repetitions(PullUp, Repetition)),
        "append-tail" => Long(new Repetitions(AppendTail, Repetition)),
        "concat" => Long(new Repetitions(AppendKeepingPacketLength, Repetition)),
        "length" => Long(new Repetitions(Length, Repetition)),
        "checksum-1500" => Checksum(segments: 1, length: Work.FullLength, Repetition),
        "checksum-1500x4" => Checksum(Work.Segments, Work.SegmentLength, Repetition),
        "checksum-65536" => Checksum(Work.Segments, (int)MbufClusterSize.Jumbo16, LongRepetition),
        "fragment-4000" => Fragments(),
        "handoff-burst32" => HandOff(),
        _ => null,
    };

    /// <summary>Ends the other thread, if there is one, and frees what is held.</summary>
    public void Release()
    {
        EndHandOff();
        using MbufScope mbufs = _arena.Enter();
        if (!_held.IsNull)
        {
            mbufs.Free([_held]);
            _held = default;
        }
    }

    public void Dispose()
    {
        Release();
        _arena.Dispose();
    }

    /// <summary>The repetitions, once the results of what they do were found right.</summary>
    private static Repetitions Checked(Func<bool> isRight, Repetitions repetitions)
        => isRight() ? repetitions : throw new BenchException("The engine's results are wrong.");

    /// <summary>A packet of full segments, each byte of which tells its segment and its place there, as the peer's do.</summary>
    private static MbufChain Build(in MbufScope mbufs, int segments, int length)
    {
        MbufChain packet = mbufs.AllocateContiguousPacket(length);
        Fill(packet, 0, length);
        for (int i = 1; i < segments; i++)
        {
            MbufChain segment = mbufs.AllocateContiguousMbuf(length);
            Fill(segment, i, length);
            packet.Append(segment);
        }

        return packet;
    }

    /// <summary>The bytes of such a packet.</summary>
    private static byte[] Built(int segments, int length)
        => [.. Enumerable.Range(0, segments * length).Select(i => ByteOf(i / length, i % length))];

    private static void Fill(MbufChain segment, int number, int length)
    {
        if (segment.IsNull || !segment.TryAppend(length, out Span<byte> room))
        {
            throw new BenchException("The arena is smaller than the packet.");
        }

        for (int i = 0; i < length; i++)
        {
            room[i] = ByteOf(number, i);
        }
    }

    private static byte ByteOf(int segment, int offset) => unchecked((byte)((offset * 31) + segment));
}
