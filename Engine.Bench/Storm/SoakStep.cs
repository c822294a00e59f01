using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Everything at once, in an arena that is too small for it: each thread makes packets of every shape, shares some, sends them
/// to any other thread through rings, keeps some for long, and looks at every byte of what it frees.
/// </summary>
internal sealed class SoakStep : StormStep
{
    public const string Scenario = "soak";

    private const int RingSize = 256;
    private const int Kept = 256;
    private const int MadeEachTurn = 16;

    private readonly Ring<Mbuf>[] _rings;
    private readonly Mbuf[][] _kept;
    private readonly uint[] _random;
    private int _working;
    private long _sent;
    private long _sentSum;
    private long _freed;
    private long _freedSum;

    private SoakStep(int threads)
        : base(new StepName(Scenario, "all mixed", "threads", threads), threads)
    {
        _rings = [.. Enumerable.Range(0, threads * threads).Select(static _ => new Ring<Mbuf>(RingSize))];
        _kept = [.. Enumerable.Range(0, threads).Select(static _ => new Mbuf[Kept])];
        _random = [.. Enumerable.Range(0, threads).Select(static thread => (uint)((thread + 1) * 2654435769))];
    }

    public static IEnumerable<StormStep> Steps(StormSettings settings) => [new SoakStep(settings.Threads)];

    /// <summary>As many freed as made, and the same ones: the sums of their numbers agree.</summary>
    public override long CountWrong() => Math.Abs(_sent - _freed) + (_sentSum == _freedSum ? 0 : 1);

    protected override MbufArena Prepare() => new MbufArena(new MbufArenaOptions
    {
        Mbufs = 2048 * Threads,
        Clusters = 1024 * Threads,
        PageClusters = 32 * Threads,
        Jumbo9Clusters = 32 * Threads,
        Jumbo16Clusters = 32 * Threads,
    }).WithCaches(Threads);

    protected override void BeforeSlice() => _working = Threads;

    protected override void Work(Worker worker)
    {
        var tally = default(Tally);
        do
        {
            using (MbufScope mbufs = Arena.Enter())
            {
                Receive(mbufs, worker, ref tally, keep: true);
                Make(mbufs, worker, ref tally);
            }

            Thread.Yield();
        }
        while (!worker.IsOver);

        Interlocked.Decrement(ref _working);
        Drain(worker, ref tally);
        Interlocked.Add(ref _sent, tally.Made);
        Interlocked.Add(ref _sentSum, tally.MadeSum);
        Interlocked.Add(ref _freed, worker.Packets);
        Interlocked.Add(ref _freedSum, tally.FreedSum);
    }

    private Ring<Mbuf> Ring(int from, int to) => _rings[(from * Threads) + to];

    /// <summary>A burst from each thread, if it sent any; the result is how many packets came.</summary>
    private int Receive(in MbufScope mbufs, Worker worker, ref Tally tally, bool keep)
    {
        Span<Mbuf> burst = stackalloc Mbuf[Sizes.Burst];
        int received = 0;
        for (int from = 0; from < Threads; from++)
        {
            worker.BeginBurst();
            int count = Ring(from, worker.Number).Read(burst);
            if (count == 0)
            {
                worker.CancelBurst();
                continue;
            }

            foreach (Mbuf handle in burst[..count])
            {
                Receive(mbufs, handle, worker, ref tally, keep);
            }

            worker.EndBurst();
            received += count;
        }

        return received;
    }

    /// <summary>One in eight packets waits in the place of another, which goes.</summary>
    private void Receive(in MbufScope mbufs, Mbuf handle, Worker worker, ref Tally tally, bool keep)
    {
        uint random = Next(worker);
        if (keep && random % 8 == 0)
        {
            ref Mbuf place = ref _kept[worker.Number][(random >> 8) % Kept];
            (handle, place) = (place, handle);
        }

        if (!handle.IsNull)
        {
            Free(mbufs, handle, worker, ref tally);
        }
    }

    private static void Free(in MbufScope mbufs, Mbuf handle, Worker worker, ref Tally tally)
    {
        MbufChain packet = mbufs.Open(handle);
        worker.Wrong += SoakPacket.IsRight(packet, out ulong number) ? 0 : 1;
        tally.FreedSum = unchecked(tally.FreedSum + (long)number);
        worker.Packets++;
        packet.Free();
    }

    private void Make(in MbufScope mbufs, Worker worker, ref Tally tally)
    {
        for (int i = 0; i < MadeEachTurn; i++)
        {
            uint random = Next(worker);
            ulong number = ((ulong)worker.Number << 48) | random;
            worker.BeginBurst();
            bool isMade = SoakPacket.TryMake(mbufs, number, random, out Mbuf handle);
            worker.EndBurst();
            if (!isMade)
            {
                worker.Denied++;
                continue;
            }

            if (random % 5 == 0)
            {
                Share(mbufs, ref handle, worker, number, ref tally);
            }

            Send(mbufs, handle, worker, number, ref tally);
        }
    }

    private void Share(in MbufScope mbufs, ref Mbuf handle, Worker worker, ulong number, ref Tally tally)
    {
        MbufChain packet = mbufs.Open(handle);
        MbufChain share = packet.Share();
        handle = packet.Detach();
        if (share.IsNull)
        {
            worker.Denied++;
            return;
        }

        Send(mbufs, share.Detach(), worker, number, ref tally);
    }

    /// <summary>To any thread, this one included; what does not fit into its ring ends here.</summary>
    private void Send(in MbufScope mbufs, Mbuf handle, Worker worker, ulong number, ref Tally tally)
    {
        tally.Made++;
        tally.MadeSum = unchecked(tally.MadeSum + (long)number);
        Ring<Mbuf> ring = Ring(worker.Number, (int)((Next(worker) >> 8) % (uint)Threads));
        if (ring.HasRoom(1))
        {
            ring.TryWrite([handle]);
        }
        else
        {
            Free(mbufs, handle, worker, ref tally);
        }
    }

    /// <summary>Until nobody sends any more; then what was kept.</summary>
    private void Drain(Worker worker, ref Tally tally)
    {
        bool isLast = false;
        while (!isLast && !worker.IsStopped)
        {
            isLast = Volatile.Read(ref _working) == 0;
            using (MbufScope mbufs = Arena.Enter())
            {
                while (Receive(mbufs, worker, ref tally, keep: false) > 0)
                {
                    // Each looks once at every ring.
                }
            }

            Thread.Yield();
        }

        using MbufScope last = Arena.Enter();
        foreach (ref Mbuf handle in _kept[worker.Number].AsSpan())
        {
            if (!handle.IsNull)
            {
                Free(last, handle, worker, ref tally);
                handle = default;
            }
        }
    }

    // Xorshift: it repeats after 2^32 numbers, and is the same in every run.
    private uint Next(Worker worker)
    {
        ref uint random = ref _random[worker.Number];
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }

    /// <summary>What one thread made and freed, in numbers and as the sum of the packets' own numbers.</summary>
    private struct Tally
    {
        public long Made;
        public long MadeSum;
        public long FreedSum;
    }
}

/// <summary>
/// Packets of many shapes whose every byte follows from a number: a check value, then a piece of a pattern that starts at a
/// place of its own.
/// </summary>
internal static class SoakPacket
{
    /// <summary>How many ways there are to make one.</summary>
    public const int Shapes = 7;

    private const int LengthMost = 4000;
    private const int HeaderLength = 14;
    private const int Period = 251; // a prime: no copy of a cache line or a word passes for another

    private static readonly byte[] s_pattern =
        [.. Enumerable.Range(0, Period + LengthMost).Select(static i => (byte)(i % Period))];

    private static readonly MbufClusterSize[] s_sizes =
        [MbufClusterSize.Standard, MbufClusterSize.Page, MbufClusterSize.Jumbo9, MbufClusterSize.Jumbo16];

    /// <summary>Makes the packet of a number.</summary>
    /// <returns>False if the arena was exhausted: nothing is kept.</returns>
    public static bool TryMake(in MbufScope mbufs, ulong number, uint random, out Mbuf packet)
    {
        int length = (int)((random >> 8) % (LengthMost - CheckValue.Length)) + 1;
        Span<byte> check = stackalloc byte[CheckValue.Length];
        CheckValue.Write(check, number);
        ReadOnlySpan<byte> bytes = Pattern(number)[..length];
        MbufChain made = (random % Shapes) switch
        {
            0 => mbufs.AllocatePacketWithoutCluster(),
            1 => mbufs.AllocatePacket(s_sizes[(random >> 20) & 3]),
            2 => mbufs.AllocatePacket(length),
            _ => mbufs.AllocatePacket(),
        };
        if (made.IsNull)
        {
            packet = default;
            return false;
        }

        bool done = made.TryAppend(check) && (random % Shapes) switch
        {
            3 => TryAppendInParts(mbufs, made, bytes),
            4 => made.TryAppend(bytes) && TryPrependAndTrim(made),
            5 => made.TryAppend(bytes) && TrySplitAndJoin(made, (int)((random >> 4) % (uint)length) + CheckValue.Length),
            6 => made.TryAppend(bytes) && made.TryDefragment(),
            _ => made.TryAppend(bytes),
        };
        if (!done)
        {
            made.Free();
        }

        packet = done ? made.Detach() : default;
        return done;
    }

    /// <summary>Looks at every byte.</summary>
    /// <returns>True if they are those of the number that the packet begins with.</returns>
    public static bool IsRight(MbufChain packet, out ulong number)
    {
        Span<byte> check = stackalloc byte[CheckValue.Length];
        number = 0;
        if (!packet.TryCopyTo(0, check) || !CheckValue.TryRead(check, out number))
        {
            return false;
        }

        ReadOnlySpan<byte> expected = Pattern(number);
        int position = -CheckValue.Length;
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            ReadOnlySpan<byte> bytes = segment[Math.Min(segment.Length, Math.Max(0, -position))..];
            if (!bytes.SequenceEqual(expected.Slice(Math.Max(0, position), bytes.Length)))
            {
                return false;
            }

            position += segment.Length;
        }

        return position == packet.Length - CheckValue.Length;
    }

    private static ReadOnlySpan<byte> Pattern(ulong number) => s_pattern.AsSpan((int)(number % Period));

    private static bool TryAppendInParts(in MbufScope mbufs, MbufChain packet, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            MbufChain part = mbufs.AllocateMbufWithCluster();
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, 999)];
            if (part.IsNull)
            {
                return false;
            }

            if (!part.TryAppend(piece))
            {
                part.Free();
                return false;
            }

            packet.Append(part);
            bytes = bytes[piece.Length..];
        }

        return true;
    }

    private static bool TryPrependAndTrim(MbufChain packet)
    {
        if (!packet.TryPrepend(HeaderLength, out Span<byte> header))
        {
            return false;
        }

        header.Clear();
        packet.TrimStart(HeaderLength);
        return true;
    }

    private static bool TrySplitAndJoin(MbufChain packet, int at)
    {
        if (!packet.TrySplit(at, out MbufChain tail))
        {
            return false;
        }

        packet.Append(tail);
        return true;
    }
}
