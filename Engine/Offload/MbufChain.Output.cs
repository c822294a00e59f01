using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>Output: everything between a packet and an interface.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// What ip_output and ip6_output do once the interface is known: cuts a packet that is to be cut into segments, completes
    /// checksums, and cuts what is longer than the MTU into fragments, each in software unless the hardware does it.
    /// </summary>
    /// <param name="outgoing">The interface that the packet goes to.</param>
    /// <param name="output">
    /// Receives what the interface is to see, in order: the packet, its segments, or its fragments. Their
    /// <see cref="ChecksumFlags"/> say what is left to the hardware.
    /// </param>
    /// <returns>
    /// Done, and the packet was consumed; else why not, and packet and queue are as they were, but that storage which was shared
    /// may have become the packet's own: NotIP, MalformedHeader, Truncated, HeaderTooLong, ContradictoryRequest, NotTransport,
    /// IsFragment, SegmentSizeMissing, SegmentTooLarge, FieldBeyondPacket, MustNotFragment, MtuTooSmall, TooLong, QueueFull, or
    /// Exhausted.
    /// </returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="outgoing"/> or <paramref name="output"/> is null.
    /// </exception>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufForeignException">The queue belongs to another arena.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// <para>The packet starts with its IPv4 or IPv6 header. A transport checksum of a packet that is cut into fragments is
    /// completed here, unless the hardware has <see cref="MbufChecksumFlags.IpFragments"/>, which is then asked for.</para>
    /// <para>What a free routine throws comes out when all is done; <see cref="IsOwned"/> tells whether the packet was consumed.</para>
    /// <para>Payload is never copied. O(bytes) where a checksum is computed, else O(segments + parts).</para>
    /// </remarks>
    public MbufOffloadStatus OutputInto(MbufInterface outgoing, MbufQueue output)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        ArgumentNullException.ThrowIfNull(output);
        output.HeadOfPacket(this);
        MbufOffloadStatus status = OffloadRequest.TryRead(this, out OffloadRequest request);
        if (status != MbufOffloadStatus.Done)
        {
            return status;
        }

        if (request.Segmentation != 0)
        {
            return OutputSegments(request, outgoing, output);
        }

        return request.Layout.TotalLength > outgoing.Mtu
            ? OutputFragments(request, outgoing, output)
            : OutputWhole(request, outgoing, output);
    }

    private MbufOffloadStatus OutputWhole(in OffloadRequest request, MbufInterface outgoing, MbufQueue output)
    {
        if (output.IsFull)
        {
            return MbufOffloadStatus.QueueFull;
        }

        if (!Complete(request, request.Flags & ~outgoing.HardwareAssist, output))
        {
            return output.IsFull ? MbufOffloadStatus.QueueFull : MbufOffloadStatus.Exhausted;
        }

        // First the queue, then free routines, which may fill it, and throw.
        MbufOffloadStatus status = PassInto(output);
        _cache.Settle();
        return status;
    }

    private MbufOffloadStatus OutputSegments(in OffloadRequest request, MbufInterface outgoing, MbufQueue output)
    {
        if (!TryMeasureTransport(request.Layout, out int transport))
        {
            return MbufOffloadStatus.MalformedHeader;
        }

        int header = request.Layout.HeaderLength + transport;
        if (header + Math.Min(SegmentSize, request.Layout.TotalLength - header) > outgoing.Mtu)
        {
            return MbufOffloadStatus.SegmentTooLarge;
        }

        if ((request.Segmentation & ~outgoing.HardwareAssist) == 0)
        {
            return PassInto(output); // Whoever cuts also computes the checksums of the segments.
        }

        MbufCache cache = _cache;
        cache.HoldRoutines(); // They may take from the queue what is not complete yet.
        try
        {
            MbufOffloadStatus status = SegmentInto(output);
            if (status == MbufOffloadStatus.Done)
            {
                CompleteFrom(cache, Index, outgoing.HardwareAssist);
            }

            return status;
        }
        finally
        {
            cache.ReleaseRoutines();
        }
    }

    /// <summary>
    /// Completes the checksums of packets that are in a queue already, from one of them to the tail. Their headers are their own,
    /// so that no memory is needed.
    /// </summary>
    private static void CompleteFrom(MbufCache cache, uint first, MbufChecksumFlags assist)
    {
        for (uint index = first; index != 0;)
        {
            // The link is out of the head meanwhile: its word counts moves in a head that is in no queue, and storage whose caller
            // counts may have become shared.
            ref MbufHeader head = ref cache.Hot.Memory.Header(index);
            uint next = head.NextPacket;
            MbufChain segment = cache.ChainAt(index, head.Generation);
            MbufOffloadStatus status = OffloadRequest.TryRead(segment, out OffloadRequest request);
            bool isComplete = status == MbufOffloadStatus.Done && segment.Complete(request, request.Flags & ~assist);
            Debug.Assert(isComplete, "A segment that was just made asks for nothing that cannot be done.");
            head.NextPacket = next;
            index = next;
        }
    }

    private MbufOffloadStatus OutputFragments(in OffloadRequest request, MbufInterface outgoing, MbufQueue output)
    {
        MbufChecksumFlags assist = outgoing.HardwareAssist;
        bool isLeft = (assist & MbufChecksumFlags.IpFragments) != 0 && (request.Transport & ~assist) == 0;
        var before = new SavedChecksums(this, request);
        if (!Complete(request, isLeft ? 0 : request.Transport))
        {
            return MbufOffloadStatus.Exhausted;
        }

        Head().ChecksumFlags |= isLeft && request.Transport != 0 ? (uint)MbufChecksumFlags.IpFragments : 0;
        MbufOffloadStatus status = FragmentInto(outgoing.Mtu, output);
        if (status != MbufOffloadStatus.Done)
        {
            before.Restore(this, request);
        }

        _cache.Settle(); // Storage that the checksums were not to be written into; not before all is done.
        return status;
    }

    /// <summary>What completing checksums changes, to be put back if what comes after it is refused.</summary>
    private readonly struct SavedChecksums(MbufChain packet, in OffloadRequest request)
    {
        private readonly uint _flags = packet.Head().ChecksumFlags;
        private readonly ushort _first = request.Transport == 0 ? (ushort)0 : packet.ReadNumber(request.Field);
        private readonly ushort _second = request.IsSctp ? packet.ReadNumber(request.Field + sizeof(ushort)) : (ushort)0;

        public void Restore(MbufChain packet, in OffloadRequest request)
        {
            bool isChanged = (_flags & ~packet.Head().ChecksumFlags) != 0;
            packet.Head().ChecksumFlags = _flags;
            if (!isChanged)
            {
                return;
            }

            packet.Store(request.Field, _first);
            if (request.IsSctp)
            {
                packet.Store(request.Field + sizeof(ushort), _second);
            }
        }
    }
}
