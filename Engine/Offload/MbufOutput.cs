using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <summary>Output: everything between a packet and an interface.</summary>
public static class MbufOutput
{
    /// <summary>What is done to a packet, or to a chain without packet header.</summary>
    /// <param name="chain">The packet: the verb is called on it.</param>
    extension(in MbufChain chain)
    {
        /// <summary>
        /// What ip_output and ip6_output do once the interface is known: cuts a packet that is to be cut into segments, completes
        /// checksums, and cuts what is longer than the MTU into fragments, each in software unless the hardware does it.
        /// </summary>
        /// <param name="outgoing">The interface that the packet goes to.</param>
        /// <param name="output">
        /// Receives what the interface is to see, in order: the packet, its segments, or its fragments. Their
        /// <see cref="MbufChain.ChecksumFlags"/> say what is left to the hardware.
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
        /// <remarks>
        /// <para>The packet starts with its IPv4 or IPv6 header. A transport checksum of a packet that is cut into fragments is
        /// completed here, unless the hardware has <see cref="MbufChecksumFlags.FragmentChecksums"/>, which is then asked for.</para>
        /// <para>What a free routine throws comes out when all is done; <see cref="MbufChain.IsOwned"/> tells whether the packet was consumed.</para>
        /// <para>Payload is never copied. O(bytes) where a checksum is computed, else O(segments + parts).</para>
        /// </remarks>
        public MbufOffloadStatus OutputInto(MbufInterface outgoing, MbufQueue output)
        {
            ArgumentNullException.ThrowIfNull(outgoing);
            ArgumentNullException.ThrowIfNull(output);
            output.HeadOfPacket(chain);
            MbufOffloadStatus status = OffloadRequest.TryRead(chain, out OffloadRequest request);
            if (status != MbufOffloadStatus.Done)
            {
                return status;
            }

            if (request.Segmentation != 0)
            {
                return chain.OutputSegments(request, outgoing, output);
            }

            return request.Layout.TotalLength > outgoing.Mtu
                ? chain.OutputFragments(request, outgoing, output)
                : chain.OutputWhole(request, outgoing, output);
        }

        private MbufOffloadStatus OutputWhole(in OffloadRequest request, MbufInterface outgoing, MbufQueue output)
        {
            if (output.IsFull)
            {
                return MbufOffloadStatus.QueueFull;
            }

            if (!chain.Complete(request, request.Flags & ~outgoing.HardwareAssist, output))
            {
                return output.IsFull ? MbufOffloadStatus.QueueFull : MbufOffloadStatus.Exhausted;
            }

            // First the queue, then free routines, which may fill it, and throw.
            MbufOffloadStatus status = chain.PassInto(output);
            chain.Cache.RunDueRoutines();
            return status;
        }

        private MbufOffloadStatus OutputSegments(in OffloadRequest request, MbufInterface outgoing, MbufQueue output)
        {
            if (!chain.TryMeasureTransport(request.Layout, out int transport))
            {
                return MbufOffloadStatus.MalformedHeader;
            }

            int header = request.Layout.HeaderLength + transport;
            if (header + Math.Min(chain.SegmentSize, request.Layout.TotalLength - header) > outgoing.Mtu)
            {
                return MbufOffloadStatus.SegmentTooLarge;
            }

            if ((request.Segmentation & ~outgoing.HardwareAssist) == 0)
            {
                return chain.PassInto(output); // Whoever cuts also computes the checksums of the segments.
            }

            ThreadCache cache = chain.Cache;
            cache.HoldRoutines(); // They may take from the queue what is not complete yet.
            try
            {
                MbufOffloadStatus status = chain.SegmentInto(output);
                if (status == MbufOffloadStatus.Done)
                {
                    CompleteFrom(cache, chain.Index, outgoing.HardwareAssist);
                }

                return status;
            }
            finally
            {
                cache.ReleaseRoutines();
            }
        }

        private MbufOffloadStatus OutputFragments(in OffloadRequest request, MbufInterface outgoing, MbufQueue output)
        {
            MbufChecksumFlags assist = outgoing.HardwareAssist;
            bool isLeft = (assist & MbufChecksumFlags.FragmentChecksums) != 0 && (request.Transport & ~assist) == 0;
            var before = new SavedChecksums(chain, request);
            if (!chain.Complete(request, isLeft ? 0 : request.Transport))
            {
                return MbufOffloadStatus.Exhausted;
            }

            chain.VerifiedHead().ChecksumFlags |= isLeft && request.Transport != 0 ? (uint)MbufChecksumFlags.FragmentChecksums : 0;
            MbufOffloadStatus status = chain.FragmentInto(outgoing.Mtu, output);
            if (status != MbufOffloadStatus.Done)
            {
                before.Restore(chain, request);
            }

            chain.Cache.RunDueRoutines(); // Storage that the checksums were not to be written into; not before all is done.
            return status;
        }
    }

    /// <summary>
    /// Completes the checksums of packets that are in a queue already, from one of them to the tail. Their headers are their own,
    /// so that no memory is needed.
    /// </summary>
    private static void CompleteFrom(ThreadCache cache, uint first, MbufChecksumFlags assist)
    {
        for (uint index = first; index != 0;)
        {
            // The link is out of the head meanwhile: its word counts moves in a head that is in no queue, and storage whose caller
            // counts may have become shared.
            ref MbufHeader head = ref cache.Hot.Memory.Header(index);
            uint next = head.NextPacket;
            MbufChain segment = MbufChain.Of(cache, index, head.Generation);
            MbufOffloadStatus status = OffloadRequest.TryRead(segment, out OffloadRequest request);
            bool isComplete = status == MbufOffloadStatus.Done && segment.Complete(request, request.Flags & ~assist);
            Debug.Assert(isComplete, "A segment that was just made asks for nothing that cannot be done.");
            head.NextPacket = next;
            index = next;
        }
    }

    /// <summary>What completing checksums changes, to be put back if what comes after it is refused.</summary>
    private readonly struct SavedChecksums(MbufChain packet, in OffloadRequest request)
    {
        private readonly uint _flags = packet.VerifiedHead().ChecksumFlags;
        private readonly ushort _first = request.Transport == 0 ? (ushort)0 : packet.ReadNumber(request.Field);
        private readonly ushort _second = request.IsSctp ? packet.ReadNumber(request.Field + sizeof(ushort)) : (ushort)0;

        public void Restore(MbufChain packet, in OffloadRequest request)
        {
            bool isChanged = (_flags & ~packet.VerifiedHead().ChecksumFlags) != 0;
            packet.VerifiedHead().ChecksumFlags = _flags;
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
