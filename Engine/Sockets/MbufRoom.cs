using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// Room for bytes to come, in pieces: the free end of a chain, then fresh mbufs. It is what an I/O backend writes into, whatever system
/// call that makes: reserve (<c>chain.TryReserveRoom</c>), fill the pieces in order, commit. Bytes are the chain's data when they are
/// committed; mbufs that hold none of them go back to the arena.
/// </summary>
/// <remarks>
/// <para>Hold it in a <c>using</c>: <see cref="Dispose"/> gives the room back if it was not committed, and does nothing otherwise. The chain
/// stays the caller's, to be read meanwhile. What changes its length or its layout, or shares the mbuf that the room starts in, makes the room
/// stale, and using that throws <see cref="MbufStaleException"/>. Of two rooms of one chain the first one committed wins. Mbufs of a room that became stale stay with the chain, empty, until it is appended to or freed.</para>
/// <para>For a system that fills the room later, <see cref="Detach"/> gives chain and room away together, as a handle for a field, a
/// queue or another thread; <c>mbufs.OpenRoom</c> takes both back. The memory of the pieces is native and stays where it is. It must not be
/// freed while the system may still write it: cancel first.</para>
/// </remarks>
public readonly ref struct MbufRoom : IDisposable
{
    /// <summary>The most pieces of a room: IOV_MAX of Linux, the most that one vectored call takes.</summary>
    public const int MaximumPieces = 1024;

    private readonly MbufChain _chain;
    private readonly RoomPlace _place;

    internal MbufRoom(MbufChain chain, RoomPlace place)
    {
        _chain = chain;
        _place = place;
    }

    /// <summary>The chain that the room is behind; still owned by whoever owns it. O(1).</summary>
    public MbufChain Chain => _chain;

    /// <summary>Bytes of room; fewer than were asked for where the arena had no more. O(1).</summary>
    public int Length => _place.Length;

    /// <summary>Pieces of contiguous room, 1 to <see cref="MaximumPieces"/>; 0 of none. O(1).</summary>
    public int PieceCount => _place.Pieces;

    /// <summary>
    /// The pieces in order, as spans to be written: the free end of the last mbufs, then the fresh ones. Bound to this variable by the
    /// compiler; not zeroed.
    /// </summary>
    /// <returns>The enumerator, for <c>foreach</c>.</returns>
    /// <exception cref="MbufStaleException">The chain was changed since, by bytes committed into this room, too; or shared, freed or given
    /// away.</exception>
    /// <remarks>O(pieces) for all of them.</remarks>
    [UnscopedRef]
    public PieceEnumerator GetEnumerator()
    {
        Verify();
        return Walk();
    }

    /// <summary>
    /// Counts bytes that were written into the room, from its start on, as the chain's data, and gives back the mbufs that hold none of them.
    /// The room is used up, unless no byte came and it was all in mbufs that the chain had before.
    /// </summary>
    /// <param name="count">Bytes, 0 to <see cref="Length"/>; with 0 the chain is as it was before.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of its range; the room is as it was.</exception>
    /// <exception cref="MbufStaleException">The chain was changed since, by bytes committed into this room, too; or shared, freed or given
    /// away.</exception>
    /// <remarks>O(pieces).</remarks>
    public void Commit(int count)
    {
        Verify();
        if ((uint)count > (uint)Length)
        {
            ThrowHelper.NotRoom(nameof(count), count, Length);
        }

        CommitFilled(count);
    }

    /// <summary>Gives the room back if it was neither committed nor given away, and nothing else was done with the chain; else does
    /// nothing. O(pieces).</summary>
    public void Dispose()
    {
        if (_chain.IsOwned && IsInPlace())
        {
            Commit(0);
        }
    }

    /// <summary>
    /// Gives chain and room away together, for as long as a system may write into the room: every copy of the chain is stale from now on,
    /// and disposing it or the room does nothing.
    /// </summary>
    /// <returns>The claim on both, to be opened once by <c>mbufs.OpenRoom</c>, on any thread. Dropping it leaks the packet.</returns>
    /// <exception cref="MbufStaleException">The chain was changed since, by bytes committed into this room, too; or shared, freed or given
    /// away.</exception>
    /// <remarks>O(1).</remarks>
    public MbufRoomHandle Detach()
    {
        Verify();
        return new MbufRoomHandle(_chain.Detach(), _place);
    }

    /// <summary>For people. Allocates a string.</summary>
    public override string ToString() => $"room for {Length} bytes in {PieceCount} pieces, behind a {_chain.ToString()}";

    /// <summary>The pieces of room that was reserved a moment ago, and is not looked for again.</summary>
    [UnscopedRef]
    internal PieceEnumerator Walk() => new(_chain, in _place);

    /// <summary>Commits it, as many bytes as it has at most.</summary>
    internal void CommitFilled(int count)
    {
        _chain.CommitRoom(_place.Point, _place.Start, _place.LastTail, _place.WasSpare, count);
        if (_place.Moved > 0 && count == 0)
        {
            _chain.At(_place.Point).Data += _place.Moved; // Nothing came: the headroom is what it was.
        }
    }

    /// <summary>Takes room for as many of the bytes as the arena can give; false if there is none.</summary>
    /// <param name="chain">What the bytes go behind.</param>
    /// <param name="length">Bytes, 1 or more.</param>
    /// <param name="kind">The clusters to take while more than half of one is asked for, if there are any.</param>
    /// <param name="room">The room.</param>
    internal static bool TryReserve(MbufChain chain, int length, ZoneId kind, out MbufRoom room)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ref MbufHeader head = ref chain.VerifiedHead();
        int most = int.MaxValue - head.ChainLength; // The chain's length stays an int.
        if (most == 0)
        {
            ThrowHelper.ChainTooLong((long)int.MaxValue + length);
        }

        RoomPlace place = FindInside(chain, ref head, Math.Min(length, most));
        if (place.Length < Math.Min(length, most) && place.Pieces < MaximumPieces)
        {
            AddFresh(chain, ref place, Math.Min(length, most), kind);
        }

        place.Remember(chain, ref head);
        room = new MbufRoom(place.Length == 0 ? MbufChain.Null : chain, place);
        return place.Length > 0;
    }

    /// <summary>Room that the chain has already: from the fill point on, and before the position of an mbuf that a trim emptied.</summary>
    private static RoomPlace FindInside(MbufChain chain, ref MbufHeader head, int length)
    {
        uint point = chain.FillPoint(ref head);
        var place = new RoomPlace { Point = point, Start = point, LastTail = head.Tail, WasSpare = (chain.At(head.Tail).Flags & HeaderFlags.Spare) != 0 };
        for (uint index = point; index != 0 && place.Length < length && place.Pieces < MaximumPieces; index = chain.At(index).Next)
        {
            int here = Math.Min(chain.LastingRoomOf(ref chain.At(index)), length - place.Length);
            place.Start = place.Pieces == 0 && here > 0 ? index : place.Start;
            place.Pieces += here > 0 ? 1 : 0;
            place.Length += here;
        }

        if (place.Length < length && place.Pieces < MaximumPieces && chain.MayHaveOwnRoom(point, place.Length))
        {
            MovePosition(chain, ref place, length);
        }

        return place;
    }

    /// <summary>
    /// Lets an mbuf without data that is filled first have the room before its data position again: up to the usual headroom, and into
    /// it if all of the bytes fit then.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MovePosition(MbufChain chain, ref RoomPlace place, int length)
    {
        ref MbufHeader header = ref chain.At(place.Point);
        int missing = length - place.Length;
        int before = chain.EmptiedRoom(ref header);
        int toUsual = before > 0 ? before - chain.UsualHeadroom(ref header) : 0;
        place.Moved = before >= missing ? Math.Max(toUsual, missing) : toUsual;
        if (place.Moved > 0)
        {
            place.Start = place.Point;
            place.Pieces += chain.LastingRoomOf(ref header) == 0 ? 1 : 0;
            place.Length = Math.Min(place.Length + place.Moved, length);
            header.EndPlaces(chain.Cache.Hot.Memory.Step);
            header.Data -= place.Moved;
        }
    }

    /// <summary>Links fresh mbufs for what is missing, as far as the arena has them.</summary>
    private static void AddFresh(MbufChain chain, ref RoomPlace place, int length, ZoneId kind)
    {
        ThreadCache cache = chain.Cache;
        ChainBuilder fresh = default;
        while (place.Length < length && place.Pieces < MaximumPieces && TryTake(cache, length - place.Length, kind, out uint index))
        {
            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            kind = header.Kind == kind ? kind : ZoneId.Cluster; // Where one is missing, the next is, too.
            fresh.Add(cache, index);
            place.Pieces++;
            place.Length += Math.Min(cache.Hot.Memory.RoomBehind(ref header), length - place.Length);
        }

        if (fresh.Segments > 0)
        {
            place.Start = fresh.Segments == place.Pieces ? fresh.First : place.Start;
            chain.LinkRoom(fresh);
        }
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

    private bool IsInPlace() => _place.IsIn(_chain, ref _chain.VerifiedHead());

    private void Verify()
    {
        if (!IsInPlace())
        {
            ThrowHelper.StaleRoom();
        }
    }

    /// <summary>Walks the pieces of a room.</summary>
    public ref struct PieceEnumerator
    {
        private readonly MbufChain _chain;
        private uint _next;
        private int _left;
        private long _offset;
        private int _length;

        internal PieceEnumerator(MbufChain chain, in RoomPlace place)
        {
            _chain = chain;
            _next = place.Start;
            _left = place.Length;
        }

        /// <summary>The piece, for writing; empty before the first one. O(1).</summary>
        public readonly Span<byte> Current => _length == 0 ? default : _chain.Cache.Hot.Memory.Bytes(_offset, _length);

        /// <summary>Where the piece starts, from the arena's base.</summary>
        internal readonly long CurrentOffset => _offset;

        internal readonly int CurrentLength => _length;

        /// <summary>Goes on to the next piece. O(1), apart from mbufs without room.</summary>
        /// <returns>False behind the last one.</returns>
        public bool MoveNext()
        {
            while (_left > 0)
            {
                if (_next == 0)
                {
                    // Going on would hand out the bytes of header 0: not only asserted.
                    throw new InvalidOperationException("The room is not where it was reserved. This is a bug in the engine.");
                }

                ref MbufHeader header = ref _chain.At(_next);
                _next = header.Next;

                // By the flags alone, which only we clear: the same mbufs for which the room was taken, whoever frees a partner.
                int room = header.IsPlainlyWritable ? _chain.Cache.Hot.Memory.RoomBehind(ref header) : 0;
                _length = Math.Min(_left, room);
                if (_length > 0)
                {
                    _offset = header.Data + header.SegmentLength;
                    _left -= _length;
                    return true;
                }
            }

            _length = 0;
            return false;
        }
    }
}

/// <summary>
/// Room and its chain, given away together by <see cref="MbufRoom.Detach"/>: the one live claim on both, for as long as a system may write
/// into the room. Opened once, by <c>mbufs.OpenRoom</c>. The default value is null.
/// </summary>
/// <remarks>
/// Larger than a word: handing it to another thread needs a lock or a queue, since a plain store beside a plain read may tear it. A handle
/// that does not fit its packet is refused.
/// </remarks>
public readonly struct MbufRoomHandle
{
    internal MbufRoomHandle(Mbuf packet, RoomPlace place)
    {
        Packet = packet;
        Place = place;
    }

    /// <summary>True for the default value, which names no room. O(1).</summary>
    public bool IsNull => Packet.IsNull;

    /// <summary>Bytes of room. O(1).</summary>
    public int Length => Place.Length;

    internal Mbuf Packet { get; }

    internal RoomPlace Place { get; }
}

/// <summary>Room behind a chain: reserving it, and taking it back from a handle.</summary>
public static class MbufRooms
{
    /// <summary>What a chain is asked.</summary>
    /// <param name="chain">The chain; stays the caller's.</param>
    extension(scoped in MbufChain chain)
    {
        /// <summary>
        /// Reserves room behind the chain: what its last mbufs have left, then fresh clusters of 2 KiB. If the arena cannot give room for
        /// all of <paramref name="length"/>, it is what the arena can give.
        /// </summary>
        /// <param name="length">Bytes, 1 or more; <see cref="MbufRoom.MaximumPieces"/> pieces are the most.</param>
        /// <param name="room">The room, to be committed, disposed or given away; none on failure, which says so when it is used.</param>
        /// <returns>False if there is no room at all, and the arena is exhausted: the chain is as it was.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
        /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
        /// <exception cref="OverflowException">The chain holds 2,147,483,647 bytes already.</exception>
        /// <remarks>O(pieces). No name in mbuf(9): drivers fill mbufs of their own.</remarks>
        public bool TryReserveRoom(int length, out MbufRoom room) => MbufRoom.TryReserve(chain, length, ZoneId.Cluster, out room);

        /// <summary>
        /// The same in larger clusters where there is much to come: each piece costs a system a little of its own, so one of 16 KiB is
        /// filled faster than eight of 2 KiB.
        /// </summary>
        /// <param name="length">Bytes, 1 or more.</param>
        /// <param name="clusters">
        /// The size of fresh clusters while more than half of one is still asked for. For what is left then, and if the arena has
        /// none of them, clusters of 2 KiB are taken.
        /// </param>
        /// <param name="room">The room, to be committed, disposed or given away; none on failure, which says so when it is used.</param>
        /// <returns>False if there is no room at all, and the arena is exhausted: the chain is as it was.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1, or there is no such size.</exception>
        /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
        /// <exception cref="OverflowException">The chain holds 2,147,483,647 bytes already.</exception>
        /// <remarks>O(pieces).</remarks>
        public bool TryReserveRoom(int length, MbufClusterSize clusters, out MbufRoom room)
            => MbufRoom.TryReserve(chain, length, ClusterKind.ZoneOf(clusters), out room);
    }

    /// <summary>What a scope is asked.</summary>
    /// <param name="mbufs">The scope.</param>
    extension(in MbufScope mbufs)
    {
        /// <summary>Turns a handle back into a room and its chain, on any thread. The handle is used up.</summary>
        /// <param name="room">A handle from <see cref="MbufRoom.Detach"/> of the same arena.</param>
        /// <returns>The room; <see cref="MbufRoom.Chain"/> is the chain, owned by the caller from now on.</returns>
        /// <exception cref="MbufStaleException">The handle was used before, or its room is not that of its packet.</exception>
        /// <exception cref="MbufForeignException">The handle belongs to another arena.</exception>
        /// <exception cref="MbufException">The handle is null.</exception>
        /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
        /// <remarks>O(1).</remarks>
        public MbufRoom OpenRoom(MbufRoomHandle room)
        {
            MbufChain chain = mbufs.Open(room.Packet);
            ThreadCache cache = chain.Cache;
            RoomPlace place = room.Place;
            if (Math.Max(place.Point, place.Start) <= cache.Hot.LastIndex)
            {
                place.Follow(chain.Index, by: 2 * cache.Hot.Memory.Step); // One step when it was given away, one now.
                if (place.IsIn(chain, ref chain.VerifiedHead()))
                {
                    return new MbufRoom(chain, place);
                }
            }

            chain.VerifiedHead().Generation = room.Packet.Generation; // The packet stays the handle's.
            ThrowHelper.StaleRoom();
            return default;
        }
    }
}
