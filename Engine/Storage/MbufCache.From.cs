using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>Chains made of bytes that are there already, and single mbufs with contiguous room.</content>
public sealed partial class MbufCache
{
    /// <summary>One mbuf with contiguous room for a number of bytes, as the head of a chain; null when exhausted.</summary>
    internal MbufChain StartContiguous(int length, uint flags)
    {
        if (!TryTakeContiguous(length, out uint index))
        {
            TellOfNothing();
            return MbufChain.Null;
        }

        return MakeChain(new ChainParts { First = index, Last = index, Segments = 1 }, flags);
    }

    /// <summary>
    /// The head of a chain of a source's bytes; 0 when exhausted: the source was not asked. Not as a chain, which the compiler
    /// would confine to where the source's own spans live.
    /// </summary>
    internal uint StartFrom<TSource>(scoped ref TSource source, int length, int headroom, uint flags)
        where TSource : struct, IMbufSource, allows ref struct
    {
        if (!TryTakeFilled(length, headroom, out ChainParts parts))
        {
            TellOfNothing();
            return 0;
        }

        return Start(parts, ref source, length, flags);
    }

    /// <summary>
    /// The same behind the arena's headroom, and in larger clusters where 2 KiB do not suffice and the arena has one; 0 when
    /// exhausted: the source was not asked.
    /// </summary>
    internal uint StartFrom<TSource>(scoped ref TSource source, int length, uint flags)
        where TSource : struct, IMbufSource, allows ref struct
    {
        ChainParts parts = default;
        if (length <= Storages[(int)StorageKind.Cluster].Size)
        {
            return StartFrom(ref source, length, Math.Min(Arena.Layout.Headroom, MbufSizes.InternalSize), flags);
        }

        if (!CanEverCopy(length, held: 0) || !TryAddCopy(ref parts, length))
        {
            FreeParts(parts);
            TellOfNothing();
            return 0;
        }

        return Start(parts, ref source, length, flags);
    }

    /// <summary>Makes a chain of mbufs that have their lengths, and has the source write their bytes.</summary>
    private uint Start<TSource>(ChainParts parts, scoped ref TSource source, int length, uint flags)
        where TSource : struct, IMbufSource, allows ref struct
    {
        _foreignCalls++;
        try
        {
            Fill(parts, ref source);
        }
        catch
        {
            _foreignCalls--;
            FreeParts(parts);
            throw;
        }

        _foreignCalls--;
        MakeChain(parts, flags);
        ref MbufHeader head = ref Hot.Memory.Header(parts.First);
        head.ChainLength = length;
        head.PacketLength = (flags & HeaderFlags.PacketHeader) != 0 ? length : 0;
        return parts.First;
    }

    /// <summary>Has the source write every byte of some mbufs, in order. The scope stays open: closing it is refused meanwhile.</summary>
    private void Fill<TSource>(ChainParts parts, scoped ref TSource source)
        where TSource : struct, IMbufSource, allows ref struct
    {
        int offset = 0;
        uint index = parts.First;
        while (index != 0)
        {
            Span<byte> bytes = BytesOf(ref Hot.Memory.Header(index));
            if (!bytes.IsEmpty)
            {
                source.CopyTo(offset, bytes);
            }

            offset += bytes.Length;
            index = Hot.Memory.Header(index).Next;
        }
    }

    /// <summary>
    /// The fewest mbufs that hold a number of bytes behind free ones, linked but without a head; the bytes have their places
    /// and are counted in their mbufs. One plain mbuf, or 2 KiB clusters, and a plain one at the end if the rest fits there.
    /// A cluster's usual headroom is left free unless its bytes are needed to save a segment. All or nothing.
    /// </summary>
    private bool TryTakeFilled(int length, int headroom, out ChainParts parts)
    {
        parts = default;
        int capacity = Storages[(int)StorageKind.Cluster].Capacity;
        bool isSmall = (long)headroom + length <= MbufSizes.InternalSize;
        long segments = isSmall ? 1 : ((long)headroom + length + capacity - 1) / capacity;
        if (!IsAmple(segments) && !CanEverFill(segments, length, headroom, isSmall))
        {
            return false;
        }

        int lead = headroom;
        int left = length;
        for (long others = segments - 1; others >= 0; others--)
        {
            bool isPlain = isSmall || (others == 0 && segments > 1 && left <= MbufSizes.InternalSize);
            if (!TryTake(isPlain ? ZoneId.Mbuf : ZoneId.Packet, out uint index))
            {
                FreeParts(parts);
                return false;
            }

            ref MbufHeader header = ref Hot.Memory.Header(index);
            header.Flags = 0;
            AddPart(ref parts, index);
            left -= isPlain ? Place(ref header, lead, left) : Place(ref header, Math.Max(lead, UsualLead(left - (others * capacity))), left);
            lead = 0;
        }

        Debug.Assert(left == 0, "The mbufs are as many as the bytes need.");
        return true;
    }

    /// <summary>False, and denied, if so many mbufs for bytes behind free ones are more than all of the arena has.</summary>
    private bool CanEverFill(long segments, int length, int headroom, bool isSmall)
    {
        ref StorageLayout layout = ref Storages[(int)StorageKind.Cluster];
        long spare = (segments * layout.Capacity) - headroom - length;
        long leads = Math.Max(0, layout.Headroom - headroom) + ((segments - 2) * layout.Headroom);
        long last = layout.Capacity - spare + Math.Min(spare, leads);
        bool isLastPlain = isSmall || (segments > 1 && last <= MbufSizes.InternalSize);
        return CanEverTake(ZoneId.Packet, isLastPlain ? segments - 1 : segments, isLastPlain ? 1 : 0, held: 0);
    }

    /// <summary>As much of a cluster's headroom as leaves room for a number of bytes, which may be negative.</summary>
    private int UsualLead(long bytes)
    {
        ref StorageLayout layout = ref Storages[(int)StorageKind.Cluster];
        return (int)Math.Min(layout.Headroom, layout.Capacity - bytes);
    }

    /// <summary>Gives as many bytes as fit a place in a fresh mbuf. Returns how many those are.</summary>
    private int Place(ref MbufHeader header, int lead, int bytes)
    {
        header.Data = StartOf(ref header) + lead;
        header.SegmentLength = Math.Min(bytes, RoomBehind(ref header));
        return header.SegmentLength;
    }
}
