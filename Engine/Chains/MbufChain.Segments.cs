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
    public ref struct SegmentEnumerator
    {
        private readonly MbufChain _chain;
        private uint _next;
        private ReadOnlySpan<byte> _current;

        internal SegmentEnumerator(MbufChain chain)
        {
            _chain = chain;
            _next = chain.Index;
        }

        /// <summary>The bytes of the current segment; never empty after a successful <see cref="MoveNext"/>.</summary>
        public readonly ReadOnlySpan<byte> Current => _current;

        /// <summary>Goes to the next segment that has data.</summary>
        /// <returns>False at the end of the chain.</returns>
        /// <exception cref="MbufStaleException">The packet was freed or given away during the walk.</exception>
        /// <remarks>O(1), apart from empty mbufs skipped. Do not change the chain's layout during a walk.</remarks>
        public bool MoveNext()
        {
            _ = ref _chain.Head();
            while (_next != 0)
            {
                ref MbufHeader header = ref _chain.At(_next);
                _next = header.Next;
                if (header.SegmentLength != 0)
                {
                    _current = _chain._cache.BytesOf(ref header);
                    return true;
                }
            }

            return false;
        }
    }
}
