namespace Engine.Mbufs;

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
