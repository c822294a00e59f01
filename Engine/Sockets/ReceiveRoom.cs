using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Room for bytes to come: the free end of a chain, then fresh mbufs. The room is not the chain's until it is
/// committed; what was not filled goes back.
/// </summary>
internal readonly ref struct ReceiveRoom
{
    /// <summary>IOV_MAX of Linux: the most pieces that one vectored call takes.</summary>
    public const int MostPieces = 1024;

    private readonly MbufChain _chain;
    private readonly ChainBuilder _fresh;
    private readonly uint _point;
    private readonly int _moved;

    private ReceiveRoom(MbufChain chain, uint point, int moved, ChainBuilder fresh, int pieces, int length)
    {
        _chain = chain;
        _point = point;
        _moved = moved;
        _fresh = fresh;
        Pieces = pieces;
        Length = length;
    }

    /// <summary>Bytes of room; 0 if the arena has none.</summary>
    public int Length { get; }

    /// <summary>Pieces of contiguous room.</summary>
    public int Pieces { get; }

    /// <summary>Takes room for as many of the bytes as the arena can give.</summary>
    /// <param name="chain">What the bytes go behind.</param>
    /// <param name="length">Bytes, 1 or more.</param>
    /// <param name="kind">The clusters to take while more than half of one is asked for, if there are any.</param>
    public static ReceiveRoom Take(MbufChain chain, int length, ZoneId kind = ZoneId.Cluster)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        int most = int.MaxValue - chain.Length; // The chain's length stays an int.
        if (most == 0)
        {
            ThrowHelper.ChainTooLong((long)int.MaxValue + length);
        }

        length = Math.Min(length, most);
        ThreadCache cache = chain.Cache;
        uint point = chain.FillPoint(ref chain.VerifiedHead());
        (int room, int pieces, int moved) = (0, 0, 0);
        for (uint index = point; index != 0 && room < length && pieces < MostPieces; index = cache.Hot.Memory.Header(index).Next)
        {
            int here = Math.Min(chain.LastingRoomOf(ref cache.Hot.Memory.Header(index)), length - room);
            pieces += here > 0 ? 1 : 0;
            room += here;
        }

        if (room < length && pieces < MostPieces && chain.MayHaveOwnRoom(point, room))
        {
            moved = MovePosition(chain, point, length - room, ref pieces);
            room = Math.Min(room + moved, length);
        }

        ChainBuilder fresh = default;
        while (room < length && pieces < MostPieces)
        {
            if (!TryTake(cache, length - room, kind, out uint index))
            {
                break;
            }

            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            kind = header.Kind == kind ? kind : ZoneId.Cluster; // Where one is missing, the next is, too.
            fresh.Add(cache, index);
            pieces++;
            room += Math.Min(cache.Hot.Memory.RoomBehind(ref header), length - room);
        }

        return new ReceiveRoom(chain, point, moved, fresh, pieces, room);
    }

    /// <summary>The pieces in order: the free end of the last mbuf, if there is one, then the fresh mbufs.</summary>
    public PieceEnumerator GetEnumerator() => new(this);

    /// <summary>
    /// Counts bytes that were written into the room, from its start, as the chain's data; gives back the mbufs that hold none
    /// of them.
    /// </summary>
    public void Commit(int bytes)
    {
        ThreadCache cache = _chain.Cache;
        int left = bytes;
        foreach (Piece piece in this)
        {
            int here = Math.Min(left, piece.Length);
            cache.Hot.Memory.Header(piece.Index).SegmentLength += here;
            left -= here;
            if (left == 0)
            {
                break;
            }
        }

        ChainBuilder used = default;
        uint index = _fresh.First;
        while (index != 0 && cache.Hot.Memory.Header(index).SegmentLength > 0)
        {
            used.Last = index;
            used.Segments++;
            index = cache.Hot.Memory.Header(index).Next;
        }

        if (used.Segments > 0)
        {
            cache.Hot.Memory.Header(used.Last).Next = 0;
            used.First = _fresh.First;
        }

        _chain.AppendFilled(_point, used, bytes);
        cache.FreeMbufs(index);
        if (_moved > 0)
        {
            EndMove(ref cache.Hot.Memory.Header(_point), bytes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void EndMove(ref MbufHeader header, int bytes)
    {
        if (bytes == 0)
        {
            header.Data += _moved; // Nothing came: the headroom is what it was.
        }
        else
        {
            header.EndPlaces(_chain.Cache.Hot.Memory.Step);
        }
    }

    /// <summary>
    /// Lets an mbuf without data that is filled first have the room before its data position again: up to the usual headroom, and into
    /// it if all of the bytes fit then.
    /// </summary>
    /// <param name="chain">The chain.</param>
    /// <param name="point">The mbuf, which has data or not.</param>
    /// <param name="missing">Bytes that there is no room for.</param>
    /// <param name="pieces">One more, if the mbuf had no room before.</param>
    /// <returns>By how many bytes the position was moved to the front.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int MovePosition(MbufChain chain, uint point, int missing, ref int pieces)
    {
        ref MbufHeader header = ref chain.At(point);
        int before = chain.EmptiedRoom(ref header);
        int toUsual = before > 0 ? before - chain.UsualHeadroom(ref header) : 0;
        int moved = before >= missing ? Math.Max(toUsual, missing) : toUsual;
        pieces += moved > 0 && chain.LastingRoomOf(ref header) == 0 ? 1 : 0;
        header.Data -= moved;
        return moved;
    }

    /// <summary>One more mbuf: with a large cluster, with one of 2 KiB, or with what it has by itself.</summary>
    private static bool TryTake(ThreadCache cache, int left, ZoneId kind, out uint index)
    {
        if (kind != ZoneId.Cluster && left > cache.Hot.Memory.LayoutOf(kind).Size / 2 && cache.TryProbeMbufWith(kind, out index))
        {
            return true;
        }

        if (!cache.TryTake(left <= MbufSizes.InternalSize ? ZoneId.Mbuf : ZoneId.Packet, out index))
        {
            return false;
        }

        cache.Hot.Memory.Header(index).Flags = 0;
        return true;
    }

    /// <summary>A contiguous piece of room.</summary>
    /// <param name="Index">The mbuf that it belongs to.</param>
    /// <param name="Offset">From the arena's base.</param>
    /// <param name="Length">Bytes, more than 0.</param>
    public readonly record struct Piece(uint Index, long Offset, int Length);

    /// <summary>Walks the pieces.</summary>
    public ref struct PieceEnumerator
    {
        private readonly MbufChain _chain;
        private uint _next;
        private uint _fresh;
        private int _left;

        internal PieceEnumerator(ReceiveRoom room)
        {
            _chain = room._chain;
            _next = room._point;
            _fresh = room._fresh.First;
            _left = room.Length;
        }

        public Piece Current { get; private set; }

        public bool MoveNext()
        {
            while (_left > 0)
            {
                if (_next == 0)
                {
                    (_next, _fresh) = (_fresh, 0);
                }

                if (_next == 0)
                {
                    // Going on would hand the kernel the address of header 0: not only asserted.
                    throw new InvalidOperationException("The room for a receive is not where it was taken. This is a bug in the engine.");
                }

                uint index = _next;
                ref MbufHeader header = ref _chain.Cache.Hot.Memory.Header(index);
                _next = header.Next;

                // By the flags alone, which only we clear: the same mbufs for which the room was taken, whoever frees a partner.
                int room = header.IsPlainlyWritable ? _chain.Cache.Hot.Memory.RoomBehind(ref header) : 0;
                int length = Math.Min(_left, room);
                if (length > 0)
                {
                    Current = new Piece(index, header.Data + header.SegmentLength, length);
                    _left -= length;
                    return true;
                }
            }

            return false;
        }
    }
}
