namespace Engine.Mbufs;

/// <content>Writing where all storage is known to be private, and claims that change hands. For the engine's own
/// operations.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>Writes bytes over those inside the chain. Their storage must be private.</summary>
    internal void WriteAt(int offset, ReadOnlySpan<byte> bytes) => Overwrite(Index, offset, bytes.Length, bytes);

    /// <summary>
    /// Moves the first bytes towards the end, over those behind them; where they were is undefined. All of that storage must be
    /// private, and inside the chain. O(bytes) if it is contiguous.
    /// </summary>
    internal void MoveUp(int length, int distance)
    {
        ref MbufHeader head = ref Head();
        if (length + distance <= head.SegmentLength)
        {
            _cache.Hot.Memory.Bytes(head.Data, length).CopyTo(_cache.Hot.Memory.Bytes(head.Data + distance, length));
            return;
        }

        NetworkLayout.Scratch scratch = default;
        while (length > 0)
        {
            int count = Math.Min(length, NetworkLayout.ScratchSize);
            length -= count;
            TryCopyTo(length, scratch[..count]);
            WriteAt(length + distance, scratch[..count]);
        }
    }

    /// <summary>Ends every claim on the packet and makes a new one, in a cache of the same arena.</summary>
    internal MbufChain Reclaim(MbufCache cache)
    {
        ref MbufHeader head = ref Head();
        uint generation = head.Generation + cache.Hot.Step;
        head.Generation = generation;
        return cache.ChainAt(Index, generation);
    }
}
