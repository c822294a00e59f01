using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Mbufs;

/// <summary>
/// One mbuf's header and packet header: one cache line, 64 bytes, dense in an array of its own. All of it but <see cref="Moves"/> is in its
/// reset state while the mbuf is free, so that allocation writes the flags at most.
/// </summary>
/// <remarks>
/// The first half is what a pair that is a whole chain still has right when it is freed, but for data and generation; the second
/// half is what one constant store resets.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = MbufSizes.HeaderSize)]
internal struct MbufHeader
{
    /// <summary>
    /// A generation from here on, one in 2^20, sends an mbuf that is freed to rest until every other free one was used, so that one
    /// slot does not come round to the same generation while others lie idle.
    /// </summary>
    public const uint FirstTired = 0xFFFF_F000;

    /// <summary>No index: what <see cref="Tail"/> is in an mbuf that is no head and whose room was offered.</summary>
    public const uint OfferedRoom = uint.MaxValue;

    /// <summary>Index of the next mbuf of this chain, 0 at the tail (m_next).</summary>
    [FieldOffset(0)] public uint Next;

    /// <summary>Index of the head of the next packet while this head is in a queue, else 0 (m_nextpkt).</summary>
    [FieldOffset(4)] public uint NextPacket;

    /// <summary>
    /// The same word in a head that is in no queue: how often its bytes were moved, since positions cannot know it by the generation, which
    /// is the chain's claim. It goes on through the lives of the mbuf: who links packets writes the word before. See <see cref="EndPlaces"/>.
    /// </summary>
    [FieldOffset(4)] public uint Moves;

    /// <summary>Where the data starts, in bytes from the arena's base, for every kind of storage (m_data).</summary>
    [FieldOffset(8)] public long Data;

    /// <summary>Index of the storage in the slab of its <see cref="Kind"/>; for internal storage the mbuf's own index.</summary>
    [FieldOffset(16)] public uint Storage;

    /// <summary>
    /// In a head: index of the last mbuf of the chain. In another mbuf without data <see cref="OfferedRoom"/>, while its room is the
    /// chain's <see cref="MbufChain.TryGetRoom"/>. Elsewhere without meaning.
    /// </summary>
    [FieldOffset(20)] public uint Tail;

    /// <summary>In a head: the number of mbufs of the chain. Elsewhere without meaning.</summary>
    [FieldOffset(24)] public int Segments;

    /// <summary>
    /// Names the one live claim on this mbuf: a chain or handle with another generation is stale. Changes at free, Detach, Open,
    /// enqueue, dequeue, when a head becomes interior, and when a split moves the mbuf to another chain; always by
    /// <see cref="ArenaMemory.Step"/>. Comes round after 2^32 changes.
    /// </summary>
    [FieldOffset(28)] public uint Generation;

    /// <summary><see cref="MbufFlags"/> in bits 0 to 23, <see cref="HeaderFlags"/> above.</summary>
    [FieldOffset(32)] public uint Flags;

    /// <summary>The engine's own flags where the lowest byte comes first; see <see cref="OwnFlags"/>.</summary>
    [FieldOffset(35)] private readonly byte _lastFlags;

    /// <summary>The same where the highest byte comes first.</summary>
    [FieldOffset(32)] private readonly byte _firstFlags;

    /// <summary><see cref="Type"/>, <see cref="Kind"/> and <see cref="ReceiveInterface"/> in one word, to copy them.</summary>
    [FieldOffset(36)] public uint Labels;

    /// <summary>m_type.</summary>
    [FieldOffset(36)] public MbufType Type;

    /// <summary>Where the data lies.</summary>
    [FieldOffset(37)] public ZoneId Kind;

    /// <summary>Number of the interface that received the packet, 0 for none (m_pkthdr.rcvif).</summary>
    [FieldOffset(38)] public ushort ReceiveInterface;

    /// <summary>Bytes of data in this mbuf; never negative, never beyond the storage's end (m_len).</summary>
    [FieldOffset(40)] public int SegmentLength;

    /// <summary>What the packet header says of the length; only the truth if the user keeps it so (m_pkthdr.len).</summary>
    [FieldOffset(44)] public int PacketLength;

    /// <summary>In a head: the sum of all <see cref="SegmentLength"/> of the chain. Elsewhere without meaning.</summary>
    [FieldOffset(48)] public int ChainLength;

    /// <summary>m_pkthdr.csum_flags.</summary>
    [FieldOffset(52)] public uint ChecksumFlags;

    /// <summary>m_pkthdr.csum_data.</summary>
    [FieldOffset(56)] public uint ChecksumData;

    /// <summary>m_pkthdr.flowid.</summary>
    [FieldOffset(60)] public uint FlowId;

    /// <summary>
    /// <see cref="HeaderFlags"/>, the upper 8 bits of <see cref="Flags"/>, as a byte of its own: it is compared without being loaded.
    /// </summary>
    public readonly uint OwnFlags
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.IsLittleEndian ? _lastFlags : _firstFlags;
    }

    /// <summary>
    /// Type, kind and interface of a free pair, as the four bytes from <see cref="Type"/> on; a constant to the JIT.
    /// </summary>
    private static uint FreePair => BitConverter.IsLittleEndian
        ? (uint)MbufType.Data | ((uint)ZoneId.Cluster << 8)
        : ((uint)MbufType.Data << 24) | ((uint)ZoneId.Cluster << 16);

    /// <summary>The same of a free mbuf without cluster.</summary>
    private static uint FreePlain => BitConverter.IsLittleEndian
        ? (uint)MbufType.Data | ((uint)ZoneId.Mbuf << 8)
        : ((uint)MbufType.Data << 24) | ((uint)ZoneId.Mbuf << 16);

    /// <summary>
    /// The state of every free mbuf: reset when it is freed, while the line is hot, so that allocation has only the flags to
    /// write. The generation is another one, which ends every claim on the life before.
    /// </summary>
    /// <remarks>
    /// Two constant vector stores and the fields that differ on top: measured faster than the sixteen fields one by one.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResetPlain(uint generation, uint index, long data)
    {
        ref Vector256<uint> halves = ref Unsafe.As<MbufHeader, Vector256<uint>>(ref this);
        halves = Vector256.Create(0u, 0, 0, 0, 0, 0, 1, 0);
        Unsafe.Add(ref halves, 1) = Vector256.Create(HeaderFlags.Free, FreePlain, 0, 0, 0, 0, 0, 0);
        Data = data;
        Generation = generation;
        Storage = index;
        Tail = index;
    }

    /// <summary>The same with a cluster, which the mbuf keeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResetPair(uint generation, uint index, long data)
    {
        Unsafe.Add(ref Unsafe.As<MbufHeader, Vector256<uint>>(ref this), 1) =
            Vector256.Create(HeaderFlags.FreePair, FreePair, 0, 0, 0, 0, 0, 0);
        Next = 0;
        NextPacket = 0;
        Data = data;
        Tail = index;
        Segments = 1;
        Generation = generation;
    }

    /// <summary>
    /// The same for a head of one mbuf that keeps its cluster: the first half of the line is right already, but for data and
    /// generation, and the second half is one store.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResetInPlace(uint generation, long data)
    {
        Debug.Assert(
            Next == 0 && Segments == 1 && Kind == ZoneId.Cluster,
            "Only a pair is reset in place.");
        Unsafe.Add(ref Unsafe.As<MbufHeader, Vector256<uint>>(ref this), 1) =
            Vector256.Create(HeaderFlags.FreePair, FreePair, 0, 0, 0, 0, 0, 0);
        Data = data;
        Generation = generation;
    }

    /// <summary>
    /// What a position remembers of its mbuf in a chain that is owned: another one afterwards is another mbuf, or its bytes were moved.
    /// </summary>
    public readonly uint Stamp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Generation + Moves;
    }

    /// <summary>
    /// Ends all positions in a live mbuf of a chain, whose bytes are about to lie elsewhere: in other storage, or in another place of
    /// the same. Not where only the start or the end of the data moves over bytes that stay.
    /// </summary>
    /// <param name="step"><see cref="ArenaMemory.Step"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void EndPlaces(uint step)
    {
        if ((Flags & HeaderFlags.Head) != 0)
        {
            Moves++;
        }
        else
        {
            Generation += step;
        }
    }

    /// <summary>True for room at the end of a chain that has the mark of the last byte before it.</summary>
    public readonly bool IsMarkedRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & (HeaderFlags.Spare | HeaderFlags.EndOfRecord)) == (HeaderFlags.Spare | HeaderFlags.EndOfRecord);
    }

    /// <summary>Gives the mark that a record ends here, if there is one, to the mbuf that holds the last byte from now on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveMark(ref MbufHeader to)
    {
        uint mark = Flags & HeaderFlags.EndOfRecord;
        Flags &= ~mark;
        to.Flags |= mark;
    }

    /// <summary>
    /// Sets or clears <see cref="HeaderFlags.SlowFree"/> of a head, after its links, its storage or its cold line changed.
    /// </summary>
    public void UpdateSlowFree()
    {
        bool plain = Next == 0 && Kind == ZoneId.Cluster && (Flags & HeaderFlags.Cold) == 0;
        Flags = plain ? Flags & ~HeaderFlags.SlowFree : Flags | HeaderFlags.SlowFree;
    }

    /// <summary>
    /// True if this header is the only one that refers to its storage and the storage is not read-only, as far as flags tell.
    /// </summary>
    public readonly bool IsPlainlyWritable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & HeaderFlags.OfStorage) == 0;
    }

    /// <summary>The data lies in the mbuf's own internal buffer.</summary>
    public readonly bool IsInternal
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Kind == ZoneId.Mbuf;
    }

    /// <summary>
    /// True for the head of a chain that is in use, as far as its own line tells: a free pair looks like the packet that it will be.
    /// </summary>
    public readonly bool IsLiveHead
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & HeaderFlags.Head) != 0;
    }

    /// <summary>The same for a last mbuf that bytes are appended to: false if it is spare, which needs a longer look.</summary>
    public readonly bool IsPlainlyAppendable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & (HeaderFlags.OfStorage | HeaderFlags.Spare)) == 0;
    }
}

/// <summary>
/// What is rarely read of a packet header: a line of its own, parallel to the header's, valid only while the header has
/// <see cref="HeaderFlags.Cold"/>. Whoever writes the first field clears the line and sets the flag; free looks at it only if the
/// flag is set.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = MbufSizes.HeaderSize)]
internal struct ColdHeader
{
    /// <summary>When the packet was received (m_pkthdr.rcv_tstmp).</summary>
    public ulong ReceiveTimestamp;

    /// <summary>Index of the first packet tag's mbuf, 0 for none (m_pkthdr.tags).</summary>
    public uint FirstTag;

    /// <summary>VLAN tag control information (m_pkthdr.ether_vtag).</summary>
    public ushort VlanTag;

    /// <summary>Payload bytes of one segment, for segmentation offload (m_pkthdr.tso_segsz).</summary>
    public ushort SegmentSize;

    /// <summary>Routing table (m_pkthdr.fibnum).</summary>
    public ushort RoutingTable;

    /// <summary>What the flow id is a hash of (m_pkthdr.rsstype).</summary>
    public MbufHashType HashType;

    /// <summary>Bytes of the link header (m_pkthdr.l2hlen).</summary>
    public byte Layer2HeaderLength;

    /// <summary>Bytes of the network header (m_pkthdr.l3hlen).</summary>
    public byte Layer3HeaderLength;

    /// <summary>Bytes of the transport header (m_pkthdr.l4hlen).</summary>
    public byte Layer4HeaderLength;

    /// <summary>Bytes of the inner header (m_pkthdr.l5hlen).</summary>
    public byte Layer5HeaderLength;
}

/// <summary>
/// The engine's own bits in the header's flag word, above the public ones of <see cref="MbufFlags"/>. Bits 0 to 23 are public.
/// </summary>
internal static class HeaderFlags
{
    public const uint PacketHeader = (uint)MbufFlags.PacketHeader;
    public const uint ReadOnly = (uint)MbufFlags.ReadOnly;

    /// <summary>
    /// The storage may have other references: its count is valid and must be asked. Clear: this header is the only one.
    /// </summary>
    public const uint Shared = 1u << 24;

    /// <summary>The mbuf is the first of a chain: length, tail and segment count in its header are true.</summary>
    public const uint Head = 1u << 25;

    /// <summary>
    /// The mbuf is free and has no cluster: in a magazine, in the depot or in quarantine, and already reset.
    /// </summary>
    public const uint Free = 1u << 26;

    /// <summary>
    /// All flags of a pair that is free: those of a packet, which it becomes when its handle is given out, and nothing else is
    /// done. So a header does not tell whether a pair is free; only the magazines do.
    /// </summary>
    public const uint FreePair = Head | PacketHeader;

    /// <summary>
    /// The chain may be something else than one mbuf with a 2 KiB cluster. Clear in a head: no link, no cold line, and
    /// <see cref="ZoneId.Cluster"/>, so that free has one word to test. Set too often it costs time only; the audit checks
    /// that it is never clear wrongly.
    /// </summary>
    public const uint SlowFree = 1u << 27;

    /// <summary>
    /// On the last mbuf of a chain: it is empty, and before it there may be others without data, taken in advance for bytes to
    /// come. Appending then looks for the first of them instead of filling the last.
    /// </summary>
    public const uint Spare = 1u << 28;

    /// <summary>
    /// On a head with packet header: its cold line is in use, <see cref="ColdHeader"/>. Clear: all fields of it are zero,
    /// whatever the line holds. Never without <see cref="SlowFree"/>.
    /// </summary>
    public const uint Cold = 1u << 29;

    /// <summary>The mbuf holds a packet tag, on a packet or on its own; it is in no chain.</summary>
    public const uint Tag = 1u << 30;

    /// <summary>On a tag: it is in a packet's list and dies with the packet.</summary>
    public const uint Attached = 1u << 31;

    /// <summary>What describes the storage and therefore moves with it from one mbuf to another.</summary>
    public const uint OfStorage = Shared | ReadOnly;

    /// <summary>What a user may set and clear.</summary>
    public const uint Settable = 0x00FF_FFFF & ~((uint)MbufFlags.External | PacketHeader);

    /// <summary>What assigning a packet's flags may clear: a read-only mark belongs to the storage.</summary>
    public const uint Clearable = Settable & ~ReadOnly;

    /// <summary>A record ends with the mbuf's last byte: the mark goes where that byte goes.</summary>
    public const uint EndOfRecord = (uint)MbufFlags.EndOfRecord;

    /// <summary>
    /// What a copy of a packet takes over from the original's head (M_COPYFLAGS), apart from the storage's own bits.
    /// </summary>
    public const uint OfPacket = Settable & ~ReadOnly | PacketHeader;
}
