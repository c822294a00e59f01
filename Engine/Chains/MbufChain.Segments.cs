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
        /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
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
}
