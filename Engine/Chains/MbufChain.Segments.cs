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
        public SegmentEnumerator GetEnumerator() => new(_chain);
    }

    /// <summary>A walk over the segments of a chain; see <see cref="Segments"/>.</summary>
    /// <remarks>
    /// It goes by mbufs, as a position does, and goes on behind the last byte that it has shown. Both references lead into the header
    /// array, and are followed only after the number of the opening has shown that the scope, and with it the memory, is there.
    /// </remarks>
    public ref struct SegmentEnumerator
    {
        private readonly MbufCache _cache;
        private readonly uint _opening;

        /// <summary>The generation of the head: the chain's claim.</summary>
        private readonly uint _claim;

        private readonly ref MbufHeader _head;

        /// <summary>The mbuf that the walk is at.</summary>
        private ref MbufHeader _here;

        /// <summary>Its generation when the walk came to it.</summary>
        private uint _generation;

        /// <summary>Where what was shown of it ends, from the arena's base.</summary>
        private long _shownEnd;

        /// <summary>The mbuf that was behind it then: another one there now is another layout.</summary>
        private uint _next;

        private ReadOnlySpan<byte> _current;

        internal SegmentEnumerator(MbufChain chain)
        {
            _head = ref chain.At(chain.Index);
            _here = ref _head;
            _cache = chain._cache;
            _opening = chain._slot & ~CacheHot.AnyItem;
            _claim = chain._generation;
            _generation = chain._generation;
            _shownEnd = _head.Data;
        }

        /// <summary>The bytes of the current segment; never empty after a successful <see cref="MoveNext"/>.</summary>
        public readonly ReadOnlySpan<byte> Current => _current;

        /// <summary>Goes to the next segment that has data.</summary>
        /// <returns>False at the end of the chain.</returns>
        /// <exception cref="MbufStaleException">The packet was freed or given away during the walk; or the mbuf that the walk was at
        /// was freed, shortened or split off; or the one behind it was, or is not behind it any more.</exception>
        /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
        /// <remarks>
        /// O(1), apart from empty mbufs skipped. Bytes that were appended meanwhile are seen.
        /// </remarks>
        public bool MoveNext()
        {
            ref MbufHeader header = ref Here();
            if (header.Data + header.SegmentLength != _shownEnd)
            {
                return MoveInside(ref header);
            }

            uint next = header.Next;
            if (next != _next && _next != 0)
            {
                ThrowHelper.StalePosition();
            }

            ArenaMemory memory = _cache.Hot.Memory;
            int length;
            do
            {
                if (next == 0)
                {
                    return false;
                }

                header = ref memory.Header(next);
                length = header.SegmentLength;
                next = header.Next;
            }
            while (length <= 0);
            _here = ref header;
            _generation = header.Generation;
            _shownEnd = header.Data + length;
            _next = next;
            _current = memory.Bytes(header.Data, length);
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

            if (_here.Generation != _generation)
            {
                ThrowHelper.StalePosition();
            }

            return ref _here;
        }

        /// <summary>
        /// To the bytes of this mbuf that were not shown: at the start of the walk all, else what was appended since. Where bytes went off or
        /// came before the first, what was shown still ends where it did.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private bool MoveInside(ref MbufHeader header)
        {
            long end = header.Data + header.SegmentLength;
            if (_shownEnd < header.Data || _shownEnd > end)
            {
                ThrowHelper.StalePosition();
            }

            _current = _cache.Hot.Memory.Bytes(_shownEnd, (int)(end - _shownEnd));
            _shownEnd = end;
            _next = header.Next;
            return true;
        }
    }
}
