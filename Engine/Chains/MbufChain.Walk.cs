using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>Walking the segments.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// The chain's data, segment by segment, as spans for reading; mbufs without data are skipped (mbuf(9): following m_next).
    /// <c>foreach (ReadOnlySpan&lt;byte&gt; segment in chain.Segments)</c>
    /// </summary>
    /// <exception cref="MbufStaleException">The packet was freed or given away, before or during the walk.</exception>
    [UnscopedRef]
    public SegmentEnumerable Segments
    {
        get
        {
            _ = ref Head();
            return new SegmentEnumerable(this);
        }
    }

    /// <summary>What <c>foreach</c> takes; see <see cref="Segments"/>.</summary>
    public readonly ref struct SegmentEnumerable
    {
        private readonly MbufChain _chain;

        internal SegmentEnumerable(MbufChain chain) => _chain = chain;

        /// <summary>Starts a walk. O(1).</summary>
        /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
        public SegmentEnumerator GetEnumerator() => new(_chain);
    }

    /// <summary>A walk over the segments of a chain; see <see cref="Segments"/>.</summary>
    /// <remarks>
    /// It goes by mbufs, as a position does, and goes on behind the last byte that it has shown. Both references lead into the header
    /// array, and are followed only after the number of the opening has shown that the scope, and with it the memory, is there.
    /// </remarks>
    public ref struct SegmentEnumerator
    {
        private readonly ThreadCache _cache;
        private readonly uint _opening;

        /// <summary>The generation of the head: the chain's claim.</summary>
        private readonly uint _claim;

        private readonly ref MbufHeader _head;

        /// <summary>The mbuf that the walk is at.</summary>
        private ref MbufHeader _here;

        /// <summary>Its <see cref="MbufHeader.Stamp"/> when the walk came to it.</summary>
        private uint _stamp;

        /// <summary>The mbuf that was behind it then: another one there now is another layout. 0 before the first, and at the end.</summary>
        private uint _next;

        /// <summary>Where what was shown of it ends, from the arena's base.</summary>
        private long _shownEnd;

        private ReadOnlySpan<byte> _current;

        internal SegmentEnumerator(MbufChain chain)
        {
            _head = ref chain.Head(); // Again: what foreach takes may have been kept until the memory is gone.
            _here = ref _head;
            _cache = chain._cache;
            _opening = chain._slot & ~Mbuf.AnyIndex;
            _claim = chain._generation;
            _stamp = _head.Stamp;
            _shownEnd = _head.Data;
        }

        /// <summary>The bytes of the current segment; never empty after a successful <see cref="MoveNext"/>.</summary>
        public readonly ReadOnlySpan<byte> Current => _current;

        /// <summary>Goes to the next segment that has data.</summary>
        /// <returns>False at the end of the chain.</returns>
        /// <exception cref="MbufStaleException">The packet was freed or given away during the walk; or the mbuf that the walk was at
        /// was freed, shortened or split off, or has its bytes elsewhere now; or the one behind it was, or is not behind it any
        /// more.</exception>
        /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
        /// <remarks>
        /// O(1), apart from empty mbufs skipped. Bytes that were appended meanwhile are seen.
        /// </remarks>
        public bool MoveNext()
        {
            ref MbufHeader header = ref Here();
            long end = header.Data + header.SegmentLength;
            if (end != _shownEnd)
            {
                // At the start of the walk all bytes of the head, else what was appended to this mbuf since.
                if (_shownEnd < header.Data || _shownEnd > end)
                {
                    ThrowHelper.StalePosition();
                }

                _next = header.Next;
                return Show(_shownEnd, (int)(end - _shownEnd));
            }

            if (header.Next != _next && _next != 0)
            {
                ThrowHelper.StalePosition();
            }

            while (header.Next != 0)
            {
                header = ref _cache.Hot.Memory.Header(header.Next);
                int length = header.SegmentLength;
                if (length > 0)
                {
                    _here = ref header;
                    _stamp = header.Stamp;
                    _next = header.Next;
                    return Show(header.Data, length);
                }
            }

            return false;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private bool Show(long start, int length)
        {
            _shownEnd = start + length;
            _current = _cache.Hot.Memory.Bytes(start, length);
            return true;
        }

        /// <summary>The mbuf that the walk is at, if scope, packet and mbuf are still there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly ref MbufHeader Here()
        {
            if (_cache.Hot.Opening != _opening)
            {
                ThrowHelper.ScopeClosed();
            }

            if (_head.Generation != _claim)
            {
                ThrowHelper.Stale();
            }

            if (_here.Stamp != _stamp)
            {
                ThrowHelper.StalePosition();
            }

            return ref _here;
        }
    }

    /// <summary>The first mbuf, at its first byte: where a walk over all mbufs, empty ones too, starts. O(1).</summary>
    [UnscopedRef]
    public MbufPosition Start
    {
        get
        {
            _ = ref Head();
            return new MbufPosition(this, Index, 0);
        }
    }

    /// <summary>
    /// The last mbuf, empty or not, at its first byte (mbuf(9): m_last, and what m_length says of the last mbuf). O(1).
    /// </summary>
    [UnscopedRef]
    public MbufPosition LastSegment
    {
        get
        {
            ref MbufHeader head = ref Head();
            return new MbufPosition(this, head.Tail, 0);
        }
    }

    /// <summary>Finds the mbuf that holds a byte (mbuf(9): m_getptr).</summary>
    /// <param name="offset">The byte, from the start of the chain; 0 or more. The chain's length names the end: the last mbuf,
    /// behind its last byte.</param>
    /// <param name="position">The place; null (<see cref="MbufPosition.IsNull"/>) on failure.</param>
    /// <returns>False if the chain is shorter.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative (m_getptr: NULL).</exception>
    /// <remarks>O(segments before); O(1) for the end.</remarks>
    [UnscopedRef]
    public bool TryGetPosition(int offset, out MbufPosition position)
    {
        ref MbufHeader head = ref Head();
        if (offset < 0)
        {
            ThrowHelper.Negative(nameof(offset), offset);
        }

        if (offset >= head.ChainLength)
        {
            bool isEnd = offset == head.ChainLength;
            position = isEnd ? EndPosition(ref head) : MbufPosition.Null;
            return isEnd;
        }

        uint index = Find(offset, out _, out int inside);
        position = new MbufPosition(this, index, inside);
        return true;
    }

    /// <summary>The end of the data, where the next byte belongs; behind it there may be room only.</summary>
    [UnscopedRef]
    private MbufPosition EndPosition(ref MbufHeader head)
    {
        uint point = FillPoint(ref head);
        return new MbufPosition(this, point, At(point).SegmentLength);
    }

    /// <summary>A reader at the first byte. O(1).</summary>
    [UnscopedRef]
    public MbufReader GetReader()
    {
        _ = ref Head();
        return new MbufReader(this);
    }

    /// <summary>A writer at the first byte: it writes over what is there, and then makes the chain longer. O(1).</summary>
    [UnscopedRef]
    public MbufWriter GetWriter()
    {
        _ = ref Head();
        return new MbufWriter(this);
    }

    /// <summary>The mbuf that holds a byte, which the chain has, the mbuf before it (0 if there is none), and the byte's place
    /// in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Find(int offset, out uint previous, out int inside)
    {
        previous = 0;
        inside = offset;
        uint index = Index;
        while (inside >= At(index).SegmentLength)
        {
            inside -= At(index).SegmentLength;
            previous = index;
            index = NextOf(index);
        }

        return index;
    }

    /// <summary>
    /// The header of an mbuf that a position names, after the checks that every use of a position makes: the chain's claim, the
    /// mbuf's own life in it, which ends when it is freed and when a split moves it to another chain, that its bytes lie where they
    /// did, and that the place is one of its data or their end.
    /// </summary>
    /// <param name="index">The mbuf.</param>
    /// <param name="stamp">Its <see cref="MbufHeader.Stamp"/> when the position was taken.</param>
    /// <param name="place">Where the byte lies, from the arena's base.</param>
    /// <param name="left">Bytes of the mbuf from the place on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref MbufHeader VerifiedMbuf(uint index, uint stamp, long place, out int left)
    {
        _ = ref Head();
        ref MbufHeader header = ref At(index);
        long offset = place - header.Data;
        uint length = (uint)header.SegmentLength;
        if (header.Stamp != stamp || (ulong)offset > length)
        {
            ThrowHelper.StalePosition();
        }

        left = (int)(length - (uint)offset);
        return ref header;
    }

    /// <summary>True where <see cref="VerifiedMbuf"/> would not throw, of a chain that is owned.</summary>
    internal bool IsPlace(uint index, uint stamp, long place)
    {
        ref MbufHeader header = ref At(index);
        return header.Stamp == stamp && (ulong)(header.Data + header.SegmentLength - place) <= (uint)header.SegmentLength;
    }

    /// <summary>The bytes before an mbuf of this chain.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal int BytesBefore(uint mbuf)
    {
        int before = 0;
        uint index = Index;
        while (index != mbuf)
        {
            before += At(index).SegmentLength;
            index = NextOf(index);
        }

        return before;
    }

    /// <summary>The mbuf behind one, which there must be: the chain's own length says so, or the mbuf that is looked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint NextOf(uint index)
    {
        uint next = At(index).Next;
        if (next == 0)
        {
            ThrowHelper.ShorterThanItSays(); // Going on would be a walk over header 0 without end: not only asserted.
        }

        return next;
    }
}
