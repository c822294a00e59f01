using System.Buffers.Binary;

namespace Engine.Mbufs;

/// <content>Output: checksums that an interface's hardware does not compute.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// What ip_output does before it hands a packet to an interface: computes each checksum that <see cref="ChecksumFlags"/> asks
    /// for and <see cref="MbufInterface.HardwareAssist"/> does not have, and clears its flag, so that the flags say what is left.
    /// </summary>
    /// <param name="outgoing">The interface that the packet goes to.</param>
    /// <returns>
    /// Done, also if nothing is asked for; else why not, and the packet is as it was: NotIP, MalformedHeader, Truncated,
    /// ContradictoryRequest, NotTransport, IsFragment, SegmentSizeMissing, FieldBeyondPacket, or Exhausted. What the hardware is
    /// to do is looked at as critically as what is done here.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="outgoing"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The chain has no packet header.</exception>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>
    /// <para>The packet starts with its IPv4 or IPv6 header. For TCP and UDP the checksum's field, <see cref="ChecksumData"/>
    /// bytes behind the headers of the network layer, holds the sum of the pseudo header
    /// (<see cref="InternetChecksum.PseudoHeader(ReadOnlySpan{byte}, ReadOnlySpan{byte}, IPProtocol, int)"/>); for SCTP and the
    /// IPv4 header its contents do not matter. UDP's 0 is stored as 0xFFFF (RFC 768). The checksums of a packet that is to be
    /// cut into segments are those of the segments, and are left alone: <see cref="OutputInto"/> cuts.</para>
    /// <para>O(bytes). Storage of a field that is shared or read-only is replaced by a private copy first.</para>
    /// </remarks>
    public MbufOffloadStatus CompleteChecksums(MbufInterface outgoing)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        HeadOfPacket();
        MbufOffloadStatus status = OffloadRequest.TryRead(this, out OffloadRequest request);
        if (request.Flags == 0)
        {
            return MbufOffloadStatus.Done; // Nothing is asked for, so it does not matter what the packet is.
        }

        if (status != MbufOffloadStatus.Done || request.Segmentation != 0)
        {
            return status;
        }

        if (!Complete(request, request.Flags & ~outgoing.HardwareAssist))
        {
            return MbufOffloadStatus.Exhausted;
        }

        _cache.Settle();
        return MbufOffloadStatus.Done;
    }

    /// <summary>
    /// Computes and stores some of the checksums of a request that makes sense. The caller settles when all that it does is done.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="work">What of it is done here.</param>
    /// <param name="output">A queue that had room, where the packet goes next.</param>
    /// <returns>
    /// False if the arena is exhausted, or a callback that was to make memory free has filled the queue: nothing has changed.
    /// </returns>
    internal bool Complete(in OffloadRequest request, MbufChecksumFlags work, MbufQueue? output = null)
    {
        bool hasNetwork = (work & MbufChecksumFlags.Ip) != 0;
        bool hasTransport = (work & request.Transport) != 0;
        if (!hasNetwork && !hasTransport)
        {
            return true;
        }

        int networkField = request.Layout.Offset + IPv4Header.PlaceOfChecksum;
        int start = hasNetwork ? networkField : request.Field;
        int end = hasTransport ? request.Field + (request.IsSctp ? sizeof(uint) : sizeof(ushort)) : networkField + sizeof(ushort);
        if (!TryTakeReplacements(start, end, out ChainParts replacements))
        {
            return false;
        }

        if (replacements.First != 0)
        {
            if (output is not null && output.IsFull)
            {
                _cache.FreeParts(replacements);
                return false;
            }

            Replace(replacements);
        }

        if (hasNetwork)
        {
            StoreNetworkChecksum(request.Layout);
        }

        if (hasTransport)
        {
            StoreTransportChecksum(request);
        }

        Head().ChecksumFlags &= ~(uint)work;
        return true;
    }

    private void StoreNetworkChecksum(in NetworkLayout layout)
    {
        int place = layout.Offset + IPv4Header.PlaceOfChecksum;
        InternetChecksum sum = default;
        AddTo(ref sum, layout.Offset, IPv4Header.PlaceOfChecksum);
        AddTo(ref sum, place + sizeof(ushort), layout.HeaderLength - IPv4Header.PlaceOfChecksum - sizeof(ushort));
        Store(place, sum.Value);
    }

    private void StoreTransportChecksum(in OffloadRequest request)
    {
        if (request.IsSctp)
        {
            EightBytes bytes = default;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, ComputeCrc(request.Layout.TransportOffset, request.Covered, request.Field));
            Overwrite(Index, request.Field, sizeof(uint), bytes[..sizeof(uint)]);
            return;
        }

        InternetChecksum sum = default;
        AddTo(ref sum, request.Layout.TransportOffset, request.Covered);
        Store(request.Field, sum.Value == 0 && request.IsUdp ? ushort.MaxValue : sum.Value);
    }

    /// <summary>Stores a 16-bit big-endian number inside the chain, in storage that may be written.</summary>
    private void Store(int offset, ushort number)
    {
        EightBytes bytes = default;
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        Overwrite(Index, offset, sizeof(ushort), bytes[..sizeof(ushort)]);
    }
}
