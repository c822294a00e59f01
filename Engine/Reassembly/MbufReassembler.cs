using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Puts the fragments of IPv4 packets (RFC 791, section 3.2) and IPv6 packets (RFC 8200, section 4.5) together again, without
/// copying payload, and holds those whose packets are not complete, within limits that no sender can exceed.
/// </summary>
/// <remarks>
/// <para>Of one arena, and for one thread at a time; a second one at the same time is told by an exception. Only
/// <see cref="Reclaim"/> may be called by any thread at any time. All tables are made by the constructor
/// (<see cref="MbufReassemblerOptions"/>): no operation allocates managed memory.</para>
/// <para>Two fragments that overlap drop the whole packet, and what comes of it later is dropped, too, until its time is over
/// (RFC 5722; for IPv4 the same). Who sends fragments that never become packets takes room from itself first: each source has a
/// share, and when all room is taken, the oldest packet goes if it has waited for a second, else the oldest of the source that
/// holds the most, where those that hold little are equal.</para>
/// <para>Identifications are looked up by hashes with random coefficients, so that nobody can choose colliding ones. One
/// reassembler serves one address space: where the same addresses mean different hosts (link-local addresses of several links,
/// several routing tables), have one for each.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class MbufReassembler : IDisposable
{
    private const int Idle = 0;

    private const int Busy = 1;

    private const int Reclaiming = 2;

    private const int Disposed = 3;

    private readonly MbufArena _arena;

    private readonly MbufQueue? _timedOut;

    private readonly TimeProvider _time;

    private readonly FragmentCheck _check;

    private readonly PacketTable _packets;

    private readonly FragmentTable _fragments;

    private readonly int _mostPacketsOfSource;

    private readonly int _mostMbufs;

    private readonly int _mostMbufsOfSource;

    private readonly int _mostFragments;

    private readonly long _ipv4Timeout;

    private readonly long _ipv6Timeout;

    private readonly long _patience;

    private MbufReassemblyStatistics.Counters _outcomes;

    private long _timeouts;

    private long _evicted;

    private long _droppedFragments;

    private int _state;

    /// <summary>Creates a reassembler with the default limits.</summary>
    /// <inheritdoc cref="MbufReassembler(MbufArena, MbufReassemblerOptions)"/>
    public MbufReassembler(MbufArena arena)
        : this(arena, new MbufReassemblerOptions())
    {
    }

    /// <summary>Creates a reassembler and all of its tables.</summary>
    /// <param name="arena">The arena that all fragments belong to.</param>
    /// <param name="options">The limits; not kept.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names each that is, with its range.</exception>
    /// <exception cref="MbufForeignException"><see cref="MbufReassemblerOptions.TimedOut"/> is a queue of another
    /// arena.</exception>
    public MbufReassembler(MbufArena arena, MbufReassemblerOptions options)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.TimedOut is not null && options.TimedOut.Arena != arena)
        {
            ThrowHelper.Foreign();
        }

        _arena = arena;
        _timedOut = options.TimedOut;
        _time = options.TimeProvider;
        _ipv4Timeout = TicksOf(options.IPv4Timeout);
        _ipv6Timeout = TicksOf(options.IPv6Timeout);
        _check = new FragmentCheck(options.MinimumFragmentLength, options.AllowTinyFragments);
        _mostPacketsOfSource = options.MaximumPacketsPerSource;
        _mostMbufs = options.MaximumMbufs;
        _mostMbufsOfSource = Math.Min(options.MaximumMbufsPerSource, options.MaximumMbufs);
        _mostFragments = options.MaximumFragmentsPerPacket;
        _packets = new PacketTable(options.MaximumPackets, options.MaximumMbufs);
        _patience = TicksOf(s_patience);
        _fragments = new FragmentTable(options.MaximumMbufs + 1); // One that completes a packet passes through.
    }

    /// <summary>
    /// Takes a packet that may be a fragment, and gives back the packet that it is, or completes (BSD: ip_reass, frag6_input).
    /// </summary>
    /// <param name="mbufs">A scope of the reassembler's arena.</param>
    /// <param name="fragment">
    /// A packet from its network header on: link headers were trimmed, what is behind the packet's end is. Consumed, whatever the
    /// status, unless that is <see cref="MbufReassemblyStatus.Exhausted"/>: so <c>using (fragment)</c> is right in every case.
    /// </param>
    /// <param name="packet">
    /// The packet, owned by the caller, for <see cref="MbufReassemblyStatus.NotFragment"/>,
    /// <see cref="MbufReassemblyStatus.Atomic"/> and <see cref="MbufReassemblyStatus.Complete"/>; null for the others. Its first
    /// mbuf is the first fragment's, with packet header, tags, timestamp and headroom; it may itself be a fragment of another
    /// packet, to be given in again.
    /// </param>
    /// <returns>What became of it; also that the arena is exhausted, in which case everything is as it was.</returns>
    /// <exception cref="InvalidOperationException">
    /// The fragment has no packet header, or the reassembler is in use: by another thread, or by an operation that calls a free
    /// routine or a callback that calls this one.
    /// </exception>
    /// <exception cref="MbufStaleException">The fragment was freed or given away.</exception>
    /// <exception cref="MbufForeignException">The scope or the fragment belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The reassembler is disposed, or the scope is closed.</exception>
    /// <remarks>
    /// <para>What a free routine throws that became due comes out when all is done: <see cref="MbufChain.IsOwned"/> of the fragment tells
    /// whether it was consumed, <paramref name="packet"/> is the packet that is complete, and <see cref="GetStatistics"/> has counted the
    /// status.</para>
    /// <para>O(1) for a fragment that comes in order or in reverse, O(fragments held of its packet) for others, and
    /// O(fragments) when the packet is complete; each packet whose time is over is dropped on the way. Needs memory only if the
    /// header that is to be changed lies in storage that is shared or read-only.</para>
    /// <para>The header of the whole is the first fragment's: with its length, without the marks of a fragment (IPv4) and
    /// without the fragment header (IPv6). An IPv4 header's checksum is updated by the difference (RFC 1624): a wrong one stays
    /// wrong, and a header that was checked (<see cref="MbufChecksumFlags.IPv4Checked"/>) and found wrong is refused. If a
    /// fragment met congestion, the whole did (RFC 3168, section 5.3).</para>
    /// <para><see cref="MbufFlags.Fragment"/>, <see cref="MbufFlags.FirstFragment"/> and <see cref="MbufFlags.LastFragment"/>
    /// are cleared. Checksum flags are those that all fragments have: <see cref="MbufChecksumFlags.ChecksumDataValid"/> stays if all
    /// sums are without the pseudo header, and the whole's is their sum; or if all are 0xFFFF with
    /// <see cref="MbufChecksumFlags.PseudoHeaderIncluded"/>, which says that the sender is trusted. Else, and for SCTP, whose checksum
    /// is no sum, nothing is known of the whole's data. Of what is to be done, <see cref="MbufChecksumFlags.IPv4"/> of the first
    /// fragment stays, and a transport checksum that was left to be done in all fragments is to be done in the whole.</para>
    /// </remarks>
    public MbufReassemblyStatus Add(in MbufScope mbufs, MbufChain fragment, out MbufChain packet)
    {
        ThreadCache cache = OpenCache(mbufs);
        MbufChain own = OwnOf(cache, fragment);
        ObjectDisposedException.ThrowIf(_state == Disposed, this);
        if (!NetworkLayout.TryParse(own, 0, out NetworkLayout layout) || !layout.IsFragment)
        {
            _outcomes[(int)MbufReassemblyStatus.NotFragment]++;
            packet = own.Reclaim(cache);
            return MbufReassemblyStatus.NotFragment;
        }

        long now = _time.GetTimestamp();
        _ = mbufs.Cache; // The clock is foreign code, too, and nothing is in hand: it may have closed the scope.
        Begin();
        cache.HoldRoutines();
        try
        {
            ExpireUntil(cache, now);
            MbufReassemblyStatus status = AddFragment(cache, own, layout, now, out packet);
            _outcomes[(int)status]++;
            return status;
        }
        finally
        {
            End();
            cache.ReleaseRoutines();
        }
    }

    /// <summary>What was done so far and what is held now. O(1). For the reassembler's thread.</summary>
    public MbufReassemblyStatistics GetStatistics() => new(_outcomes)
    {
        HeldPackets = _packets.Count - _packets.Abandoned,
        AbandonedPackets = _packets.Abandoned,
        Sources = _packets.Sources.Count,
        HeldFragments = _fragments.Count,
        HeldMbufs = _packets.Mbufs,
        TimedOut = _timeouts,
        Evicted = _evicted,
        DroppedFragments = _droppedFragments,
    };

    /// <summary>For people: what is held. Allocates a string.</summary>
    public override string ToString()
        => $"reassembler of {_packets.Count - _packets.Abandoned} packets, {_fragments.Count} fragments, {_packets.Mbufs} mbufs"
            + (_state == Disposed ? ", disposed" : "");

    /// <summary>The fragment as a chain of the scope's cache, whose routines wait for the end of the operation.</summary>
    private MbufChain OwnOf(ThreadCache cache, MbufChain fragment)
    {
        ref MbufHeader head = ref fragment.VerifiedHead();
        if (fragment.Cache.Arena != _arena)
        {
            ThrowHelper.Foreign();
        }

        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            ThrowHelper.NoPacketHeader();
        }

        return MbufChain.Of(cache, fragment.Index, head.Generation);
    }

    /// <summary>The bits of the codepoints Not-ECT and CE (RFC 3168, section 5).</summary>
    private const byte NotCapable = 1 << 0;

    private const byte Congested = 1 << 3;

    private MbufReassemblyStatus AddFragment(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        long now,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        MbufReassemblyStatus status = _check.Look(own, layout, out FragmentPart part);
        if (status == MbufReassemblyStatus.Held)
        {
            status = layout.IsPart
                ? Place(cache, own, layout, part, now, out packet)
                : Strip(cache, own, layout, out packet);
        }

        if (status is not (MbufReassemblyStatus.Held or MbufReassemblyStatus.Exhausted) && packet.IsNull)
        {
            cache.FreeQuietly(ref own.VerifiedHead(), own.Index);
        }

        return status;
    }

    /// <summary>Makes a packet of its only fragment, which has nothing to do with others of the same key (RFC 6946).</summary>
    private static MbufReassemblyStatus Strip(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        if (!own.TryMakeWritable(0, FragmentHeaders.LengthToWrite(layout)))
        {
            return MbufReassemblyStatus.Exhausted;
        }

        own.TrimEnd(own.Length - layout.TotalLength);
        FragmentHeaders.Rewrite(own, layout, isCongested: false);
        own.Flags &= ~AllFragmentFlags;
        own.FixPacketLength();
        packet = own.Reclaim(cache);
        return MbufReassemblyStatus.Atomic;
    }

    private MbufReassemblyStatus Place(
        ThreadCache cache,
        MbufChain own,
        scoped in NetworkLayout layout,
        scoped in FragmentPart part,
        long now,
        out MbufChain packet)
    {
        packet = MbufChain.Null;
        int held = _packets.Find(part.Key);
        if (held == 0)
        {
            return Start(cache, own, part, now);
        }

        if (_packets[held].IsAbandoned)
        {
            return MbufReassemblyStatus.Abandoned;
        }

        MbufReassemblyStatus status = Compare(cache, own, part, held, out int before);
        if (status == MbufReassemblyStatus.Held)
        {
            status = IsLastMissing(part, held)
                ? Complete(cache, own, layout, part, held, before, out packet)
                : Hold(cache, own, part, held, before, now);
        }
        else if (status != MbufReassemblyStatus.Duplicate)
        {
            Abandon(cache, held);
        }

        return status;
    }

    /// <summary>Holds the first fragment that came of a packet.</summary>
    private MbufReassemblyStatus Start(ThreadCache cache, MbufChain own, scoped in FragmentPart part, long now)
    {
        Trim(own, part);
        if (own.SegmentCount > _mostMbufsOfSource)
        {
            return MbufReassemblyStatus.NoRoom;
        }

        MakeRoomForPacket(cache, part.Key, now);
        int held = _packets.Add(part.Key, now);
        bool hasRoom = TryMakeRoom(cache, held, own.SegmentCount, now);
        Debug.Assert(hasRoom, "A packet that holds nothing gives way to nobody, and what is held of others can be dropped.");
        Store(own, part, held, before: 0);
        return MbufReassemblyStatus.Held;
    }

    /// <summary>Holds a fragment of a packet of which others are held.</summary>
    private MbufReassemblyStatus Hold(
        ThreadCache cache,
        MbufChain own,
        scoped in FragmentPart part,
        int held,
        int before,
        long now)
    {
        Trim(own, part);
        if (!TryMakeRoom(cache, held, own.SegmentCount, now))
        {
            Abandon(cache, held);
            return MbufReassemblyStatus.NoRoom;
        }

        Store(own, part, held, before);
        return MbufReassemblyStatus.Held;
    }

    /// <summary>Takes away what is not kept: padding, and the headers of all but the first fragment.</summary>
    private static void Trim(MbufChain own, scoped in FragmentPart part)
    {
        own.TrimEnd(own.Length - part.Start - part.Length);
        if (!part.IsFirst)
        {
            own.TrimStart(part.Start);
        }
    }

    /// <summary>Puts a trimmed fragment into its place, and what its headers say to what those of the others say.</summary>
    private void Store(MbufChain own, scoped in FragmentPart part, int held, int before)
    {
        ref HeldPacket packet = ref _packets[held];
        packet.Congestion |= part.Congestion;
        packet.TotalLength = part.HasMore ? packet.TotalLength : part.End;
        if (part.IsFirst)
        {
            packet.HeaderLength = part.HeaderLength;
            packet.IsSummed = part.IsSummed;
        }

        AddSum(ref packet, own.ChecksumFlags, own.ChecksumData);
        int mbufs = own.SegmentCount;
        _fragments.Insert(
            ref packet, before, new HeldFragment { Handle = own.Detach(), Offset = part.Offset, Length = part.Length });
        _packets.CountMbufs(held, mbufs);
    }

    /// <summary>
    /// What a receiver found out about the data of one more fragment. A sum that includes a pseudo header is not of this payload
    /// alone, unless it only says that the sender is trusted.
    /// </summary>
    private static void AddSum(ref HeldPacket packet, MbufChecksumFlags flags, uint data)
    {
        ushort sum = InternetChecksum.Fold(data);
        if ((flags & MbufChecksumFlags.PseudoHeaderIncluded) != 0)
        {
            packet.HasPseudoHeader = true;
            flags &= sum == ushort.MaxValue ? flags : ~MbufChecksumFlags.ChecksumDataValid;
        }

        packet.ChecksumFlags &= flags;
        packet.Sum = InternetChecksum.Combine(packet.Sum, sum);
    }
}
