namespace Engine.Mbufs;

/// <content>
/// What the layers above use of a chain, and all that they may: each member is declared here and stands with its family.
/// </content>
public readonly ref partial struct MbufChain
{
    /// <summary>A chain that a cache's owner works with from now on; the caller has its claim.</summary>
    internal static partial MbufChain Of(ThreadCache cache, uint index, uint generation);

    /// <summary>The cache that the chain's scope has claimed.</summary>
    internal partial ThreadCache Cache { get; }

    /// <summary>The index of the head; 0 for null.</summary>
    internal partial uint Index { get; }

    /// <summary>The head, after scope and claim were checked; throws what every operation throws where they are not.</summary>
    internal partial ref MbufHeader VerifiedHead();

    /// <summary>The header of any mbuf of the chain; nothing is checked.</summary>
    internal partial ref MbufHeader At(uint index);

    /// <summary>Ends every claim on the packet and makes a new one, in a cache of the same arena.</summary>
    internal partial MbufChain Reclaim(ThreadCache cache);

    /// <summary>The head of a packet, for what only a packet header has.</summary>
    internal partial ref MbufHeader HeadOfPacket();

    /// <summary>Index of the first tag; 0 for none.</summary>
    internal partial uint FirstTag();

    /// <summary>
    /// Takes a replacement for each mbuf between two offsets that may not be written, or, if it is long, for its part of the range. All
    /// or nothing.
    /// </summary>
    /// <param name="start">The first byte that is to be writable.</param>
    /// <param name="end">The end of these bytes; behind the chain's, if that is to grow, which is the caller's to do.</param>
    /// <param name="replacements">For <see cref="Replace"/>, or to be freed.</param>
    internal partial bool TryTakeReplacements(int start, int end, out ChainBuilder replacements);

    /// <summary>Puts replacements where they belong. Contents stay; lengths stay where a replacement is one mbuf for one.</summary>
    internal partial void Replace(ChainBuilder replacements);

    /// <summary>
    /// Writes bytes at an offset from the start of an mbuf's data on, all of it inside the chain and writable; zeros if there
    /// is no source.
    /// </summary>
    internal partial void Overwrite(uint from, int offset, int count, ReadOnlySpan<byte> source);

    /// <summary>
    /// The mbuf that the next appended byte belongs to: the last one; or, if that is spare, the last one with data (the head, if
    /// there is none). O(1) without spare mbufs, else O(segments).
    /// </summary>
    internal partial uint FillPoint(ref MbufHeader head);

    /// <summary>Free bytes behind the data of one mbuf that may be written, spare or not.</summary>
    internal partial int RoomOf(ref MbufHeader header);

    /// <summary>
    /// The same for room that is counted first and filled later: none in storage whose caller counts, who may do so in between.
    /// </summary>
    internal partial int LastingRoomOf(ref MbufHeader header);

    /// <summary>Gives a fresh mbuf the bytes of another from an offset on, and its place in the chain behind that.</summary>
    internal partial void CutSegment(ref MbufHeader cut, uint cutIndex, int kept, uint index);

    /// <summary>Links mbufs without data behind the chain, which have room for bytes to come.</summary>
    internal partial void LinkRoom(ChainBuilder parts);

    /// <summary>
    /// Counts bytes that were written into room as data, and gives back the mbufs behind that hold none of them.
    /// </summary>
    /// <param name="point">The mbuf that had the last byte before.</param>
    /// <param name="start">The mbuf that was filled first.</param>
    /// <param name="lastTail">The last mbuf before those that were linked for the room.</param>
    /// <param name="wasSpare">Whether it was spare then.</param>
    /// <param name="bytes">All bytes; 0 leaves the chain as it was before.</param>
    internal partial void CommitRoom(uint point, uint start, uint lastTail, bool wasSpare, int bytes);

    /// <summary>Where the data position of fresh storage of this kind is.</summary>
    internal partial int UsualHeadroom(ref MbufHeader header);

    /// <summary>
    /// False in the usual chain, where there is nothing to be found: the fill point is the last mbuf, and has data or a 2 KiB cluster
    /// with so much room behind the data position as a fresh one.
    /// </summary>
    internal partial bool MayHaveOwnRoom(uint point, int room);

    /// <summary>Free bytes before the data position of an mbuf that has no data and may be written; 0 of any other.</summary>
    internal partial int EmptiedRoom(ref MbufHeader header);

    /// <summary>What a packet goes through before it is sent: fragments of the size that <see cref="MbufStress.MaximumSegmentLength"/> asks for.</summary>
    internal partial void PrepareOutput();
}
