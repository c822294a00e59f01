using System.Diagnostics.CodeAnalysis;

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
    /// <remarks>It goes by mbufs, as a position does, and goes on behind the last byte that it has shown.</remarks>
    public ref struct SegmentEnumerator
    {
        private readonly MbufChain _chain;
        private uint _index;
        private uint _generation;

        /// <summary>How many of the mbuf's bytes were shown.</summary>
        private int _shown;

        private ReadOnlySpan<byte> _current;

        internal SegmentEnumerator(MbufChain chain)
        {
            _chain = chain;
            _index = chain.Index;
            _generation = chain._generation;
        }

        /// <summary>The bytes of the current segment; never empty after a successful <see cref="MoveNext"/>.</summary>
        public readonly ReadOnlySpan<byte> Current => _current;

        /// <summary>Goes to the next segment that has data.</summary>
        /// <returns>False at the end of the chain.</returns>
        /// <exception cref="MbufStaleException">The packet was freed or given away during the walk; or the mbuf that the walk was at
        /// was freed, shortened or split off.</exception>
        /// <remarks>
        /// O(1), apart from empty mbufs skipped. Bytes that were appended meanwhile are seen. Bytes that a change of the chain's layout
        /// moved from where the walk still has to go to where it was are not.
        /// </remarks>
        public bool MoveNext()
        {
            ref MbufHeader header = ref _chain.VerifiedMbuf(_index, _generation, _shown);
            uint index = _index;
            int from = _shown;
            while (header.SegmentLength == from)
            {
                index = header.Next;
                if (index == 0)
                {
                    return false;
                }

                header = ref _chain.At(index);
                from = 0;
            }

            _index = index;
            _generation = header.Generation;
            _shown = header.SegmentLength;
            _current = _chain._cache.Hot.Memory.Bytes(header.Data + from, _shown - from);
            return true;
        }
    }
}
