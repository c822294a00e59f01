namespace Engine.Mbufs;

/// <summary>
/// Room for bytes to come: the free end of a chain's last mbuf, then fresh mbufs. The room is not the chain's until it is
/// committed; what was not filled goes back.
/// </summary>
internal readonly ref struct ReceiveRoom
{
    /// <summary>IOV_MAX of Linux: the most pieces that one vectored call takes.</summary>
    public const int MostPieces = 1024;

    private readonly MbufChain _chain;
    private readonly ChainParts _fresh;
    private readonly int _atTail;

    private ReceiveRoom(MbufChain chain, ChainParts fresh, int atTail, int length)
    {
        _chain = chain;
        _fresh = fresh;
        _atTail = atTail;
        Length = length;
    }

    /// <summary>Bytes of room; 0 if the arena has none.</summary>
    public int Length { get; }

    /// <summary>Pieces of contiguous room.</summary>
    public int Pieces => _fresh.Segments + (_atTail > 0 ? 1 : 0);

    /// <summary>Takes room for as many of the bytes as the arena can give.</summary>
    public static ReceiveRoom Take(MbufChain chain, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        int most = int.MaxValue - chain.Length; // The chain's length stays an int.
        if (most == 0)
        {
            ThrowHelper.ChainTooLong((long)int.MaxValue + length);
        }

        length = Math.Min(length, most);
        int atTail = Math.Min(length, chain.Tailroom);
        int room = atTail;
        MbufCache cache = chain.Cache;
        ChainParts fresh = default;
        while (room < length && fresh.Segments < MostPieces - 1)
        {
            ZoneId zone = length - room <= MbufSizes.InternalSize ? ZoneId.Mbuf : ZoneId.Packet;
            if (!cache.TryTake(zone, out uint index))
            {
                break;
            }

            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            header.Flags = 0;
            cache.AddPart(ref fresh, index);
            room += Math.Min(cache.RoomBehind(ref header), length - room);
        }

        return new ReceiveRoom(chain, fresh, atTail, room);
    }

    /// <summary>The pieces in order: the free end of the last mbuf, if there is one, then the fresh mbufs.</summary>
    public PieceEnumerator GetEnumerator() => new(this);

    /// <summary>
    /// Counts bytes that were written into the room, from its start, as the chain's data; gives back the mbufs that hold none
    /// of them.
    /// </summary>
    public void Commit(int bytes)
    {
        MbufCache cache = _chain.Cache;
        ref MbufHeader head = ref cache.Hot.Memory.Header(_chain.Index);
        int left = bytes;
        int atTail = Math.Min(left, _atTail);
        cache.Hot.Memory.Header(head.Tail).SegmentLength += atTail;
        left -= atTail;
        ChainParts used = default;
        uint index = _fresh.First;
        while (left > 0)
        {
            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            header.SegmentLength = Math.Min(left, cache.RoomBehind(ref header));
            left -= header.SegmentLength;
            used.Last = index;
            used.Segments++;
            index = header.Next;
        }

        if (used.Segments > 0)
        {
            cache.Hot.Memory.Header(used.Last).Next = 0;
            used.First = _fresh.First;
        }

        _chain.AppendFilled(used, bytes);
        cache.FreeParts(new ChainParts { First = index });
    }

    /// <summary>A contiguous piece of room.</summary>
    /// <param name="Offset">From the arena's base.</param>
    /// <param name="Length">Bytes, more than 0.</param>
    public readonly record struct Piece(long Offset, int Length);

    /// <summary>Walks the pieces.</summary>
    public ref struct PieceEnumerator
    {
        private readonly MbufCache _cache;
        private readonly uint _tail;
        private readonly int _atTail;
        private uint _next;
        private int _left;
        private bool _started;

        internal PieceEnumerator(ReceiveRoom room)
        {
            _cache = room._chain.Cache;
            _tail = _cache.Hot.Memory.Header(room._chain.Index).Tail;
            _atTail = room._atTail;
            _next = room._fresh.First;
            _left = room.Length;
        }

        public Piece Current { get; private set; }

        public bool MoveNext()
        {
            bool tailFirst = !_started && _atTail > 0;
            _started = true;
            if (_left == 0)
            {
                return false;
            }

            ref MbufHeader header = ref _cache.Hot.Memory.Header(tailFirst ? _tail : _next);
            int length = tailFirst ? _atTail : Math.Min(_left, _cache.RoomBehind(ref header));
            Current = new Piece(header.Data + header.SegmentLength, length);
            _left -= length;
            _next = tailFirst ? _next : header.Next;
            return true;
        }
    }
}
