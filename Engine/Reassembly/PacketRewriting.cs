namespace Engine.Mbufs.Wire;

/// <summary>Writing where all storage is known to be private, and claims that change hands. For the engine's own
/// operations.</summary>
internal static class PacketRewriting
{
    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>Writes bytes over those inside the chain. Their storage must be private.</summary>
        internal void WriteAt(int offset, ReadOnlySpan<byte> bytes) => chain.Overwrite(chain.Index, offset, bytes.Length, bytes);

        /// <summary>
        /// Moves the first bytes towards the end, over those behind them; where they were is undefined. All of that storage must be
        /// private, and inside the chain. O(bytes) if it is contiguous.
        /// </summary>
        internal void MoveUp(int length, int distance)
        {
            ref MbufHeader head = ref chain.VerifiedHead();
            if (length + distance <= head.SegmentLength)
            {
                chain.Cache.Hot.Memory.Bytes(head.Data, length).CopyTo(chain.Cache.Hot.Memory.Bytes(head.Data + distance, length));
                return;
            }

            NetworkLayout.Scratch scratch = default;
            while (length > 0)
            {
                int count = Math.Min(length, NetworkLayout.ScratchSize);
                length -= count;
                chain.TryCopyTo(length, scratch[..count]);
                chain.WriteAt(length + distance, scratch[..count]);
            }
        }
    }
}
