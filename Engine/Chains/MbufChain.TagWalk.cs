namespace Engine.Mbufs;

/// <content>Walking the tags.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>What <c>foreach</c> takes; see <see cref="Tags"/>.</summary>
    public readonly ref struct TagEnumerable
    {
        private readonly MbufChain _chain;

        internal TagEnumerable(MbufChain chain) => _chain = chain;

        /// <summary>Starts a walk. O(1).</summary>
        public TagEnumerator GetEnumerator() => new(_chain);
    }

    /// <summary>A walk over the tags of a packet; see <see cref="Tags"/>.</summary>
    public ref struct TagEnumerator
    {
        private readonly MbufChain _chain;
        private MbufTag _current;
        private bool _started;

        internal TagEnumerator(MbufChain chain) => _chain = chain;

        /// <summary>The tag that the walk is at, still the packet's.</summary>
        public readonly MbufTag Current => _current;

        /// <summary>Goes to the next tag.</summary>
        /// <returns>False at the end of the list.</returns>
        /// <exception cref="ArgumentException">The tag that the walk was at was taken off the packet.</exception>
        /// <exception cref="MbufStaleException">The packet, or the tag that the walk was at, was freed or given away.</exception>
        /// <remarks>O(tags before).</remarks>
        public bool MoveNext()
        {
            _ = ref _chain.VerifiedHead();
            uint next = _started && !_current.IsNull ? _chain.Behind(_current) : 0;
            if (!_started)
            {
                next = _chain.FirstTag();
                _started = true;
            }

            _current = next == 0 ? MbufTag.Null : MbufTag.Of(_chain._cache, next);
            return next != 0;
        }
    }
}
