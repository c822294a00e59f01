namespace Engine.Mbufs.Bench.Storm;

/// <summary>What several steps do with packets in bursts.</summary>
internal static class Packets
{
    /// <summary>
    /// Makes the caches that threads will need: a cache is a managed object, made when none is idle, once. Twice as many as
    /// threads, since one that is being drained is not idle, either.
    /// </summary>
    public static MbufArena WithCaches(this MbufArena arena, int threads)
    {
        OpenScopes(arena, 2 * threads);
        return arena;
    }

    /// <summary>Takes a burst, in an arena that is large enough by design.</summary>
    public static void Allocate(in MbufScope mbufs, Span<Mbuf> burst)
    {
        if (!mbufs.TryAllocatePackets(burst))
        {
            throw new BenchException("A burst was denied by an arena that has room for it.");
        }
    }

    /// <summary>Appends the check values of consecutive numbers, one to each packet.</summary>
    public static void Mark(in MbufScope mbufs, Span<Mbuf> burst, ulong first)
    {
        foreach (ref Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            if (!packet.TryAppend(CheckValue.Length, out Span<byte> room))
            {
                throw new BenchException("A fresh packet has no room for its check value.");
            }

            CheckValue.Write(room, first++);
            handle = packet.Detach();
        }
    }

    /// <summary>Frees packets that were marked, one after the other.</summary>
    /// <returns>How many did not hold the number that they should.</returns>
    public static int CheckAndFree(in MbufScope mbufs, ReadOnlySpan<Mbuf> burst, ulong first)
    {
        int wrong = 0;
        foreach (Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            wrong += CheckValue.TryRead(packet.FirstSpan, out ulong number) && number == first ? 0 : 1;
            first++;
            packet.Free();
        }

        return wrong;
    }

    /// <summary>
    /// Frees handles in a random order, once. A fresh arena hands its packets out in the order of their addresses, which the
    /// processor prefetches; one that has seen traffic does not.
    /// </summary>
    public static void FreeShuffled(in MbufScope mbufs, Span<Mbuf> handles)
    {
        uint random = 1;
        for (int i = handles.Length - 1; i > 0; i--)
        {
            random = unchecked((random * 1664525) + 1013904223);
            int other = (int)(((ulong)random * ((uint)i + 1)) >> 32);
            (handles[i], handles[other]) = (handles[other], handles[i]);
        }

        mbufs.Free(handles);
    }

    private static void OpenScopes(MbufArena arena, int count)
    {
        if (count > 0)
        {
            using MbufScope mbufs = arena.Enter();
            OpenScopes(arena, count - 1);
        }
    }
}
