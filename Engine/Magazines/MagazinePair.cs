using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A cache's two magazines for one zone: the loaded one, which pops and pushes work on, and the previous one, which is full,
/// empty or in between, so that a thread that allocates and frees around a boundary does not visit the depot each time. And one
/// round in the front slot, for the thread that allocates again what it just freed.
/// </summary>
/// <remarks>
/// Unsafe and sound as <see cref="Magazine"/>: every access is preceded by a comparison of the count with 0 or with the
/// capacity.
/// </remarks>
internal unsafe struct MagazinePair
{
    /// <summary>The front slot is empty and takes an item.</summary>
    private const uint Nothing = uint.MaxValue;

    /// <summary>The front slot is empty and takes none: every push and pop goes to the magazines, which can be told not to.</summary>
    private const uint Disabled = Mbuf.AnyIndex;

    private Round* _loaded;
    private Round* _previous;

    /// <summary>
    /// The item in the front slot, or <see cref="Nothing"/> or <see cref="Disabled"/>. A round in a magazine is where a count says, so a pop waits
    /// for the push before it through memory; this word stays where it is, and the processor forwards it at once. Pairs have a hand
    /// of their own, <see cref="FrontSlot"/>, and this one is disabled.
    /// </summary>
    private uint _front = Nothing;

    /// <summary>
    /// Pushes and pops since the loaded magazine was empty last, each on its own: the count is their difference, modulo 2^32.
    /// Two words, so that a pop does not wait for the store of the push before it, nor a push for that of the pop: one such
    /// wait costs a store-to-load forwarding, and a pair of alloc and free had two of them in a row.
    /// </summary>
    private int _pushed;
    private int _popped;

    public MagazinePair(Magazine loaded, Magazine previous)
    {
        _loaded = loaded.Rounds;
        _previous = previous.Rounds;
    }

    /// <summary>
    /// Rounds in the loaded magazine. Written by the owner of the cache only; statistics read it from elsewhere.
    /// </summary>
    public int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => _pushed - _popped;
        private set
        {
            _pushed = value;
            _popped = 0;
        }
    }

    /// <summary>All rounds. Approximate where another thread asks.</summary>
    public readonly int Total => Count + PreviousCount + (IsFrontFull ? 1 : 0);

    /// <summary>Rounds in the previous magazine.</summary>
    public int PreviousCount { get; private set; }

    private readonly bool IsFrontFull => _front < Mbuf.AnyIndex;

    /// <summary>Takes the newest round of the loaded magazine.</summary>
    /// <param name="limit"><see cref="CacheHot.PopLimit"/>.</param>
    /// <param name="item">The item.</param>
    /// <param name="generation">Its generation.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPopLoaded(uint limit, out uint item, out uint generation)
    {
        int popped = _popped + 1;
        int top = _pushed - popped;
        if ((uint)top >= limit)
        {
            item = 0;
            generation = 0;
            return false;
        }

        item = _loaded[top].Item;
        generation = _loaded[top].Generation;
        _popped = popped;
        return true;
    }

    /// <summary>The same where the generation is of no use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPopLoaded(uint limit, out uint item)
    {
        int popped = _popped + 1;
        int top = _pushed - popped;
        if ((uint)top >= limit)
        {
            item = 0;
            return false;
        }

        item = _loaded[top].Item;
        _popped = popped;
        return true;
    }

    /// <summary>Takes the item in the front slot, else the newest of the magazine.</summary>
    /// <param name="limit"><see cref="CacheHot.PopLimit"/>.</param>
    /// <param name="item">The item.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPop(uint limit, out uint item)
    {
        item = _front;
        if (item < limit)
        {
            _front = Nothing;
            return true;
        }

        return TryPopLoaded(limit, out item);
    }

    /// <summary>The same off the fast path, for every zone, whatever the limit says.</summary>
    public bool TryPop(out uint item)
    {
        if (!IsFrontFull)
        {
            return TryPopLoaded(Mbuf.AnyIndex, out item);
        }

        item = _front;
        _front = Nothing;
        return true;
    }

    /// <summary>Takes the newest rounds, all or none. They are valid until the next push.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPopMany(uint limit, int count, out ReadOnlySpan<Round> rounds)
    {
        int left = Count - count;
        if ((uint)left >= limit)
        {
            rounds = default;
            return false;
        }

        rounds = new ReadOnlySpan<Round>(_loaded + left, count);
        _popped += count;
        return true;
    }

    /// <summary>Adds an item: into the front slot, else to the loaded magazine.</summary>
    /// <param name="item">The item.</param>
    /// <param name="generation">Its generation, where it has one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPush(uint item, uint generation)
    {
        if (_front == Nothing)
        {
            _front = item;
            return true;
        }

        return TryPushLoaded(item, generation);
    }

    /// <summary>
    /// Adds a round to the loaded magazine, if that has room.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPushLoaded(uint item, uint generation)
    {
        int pushed = _pushed;
        int top = pushed - _popped;
        if (top >= Magazine.Capacity)
        {
            return false;
        }

        _loaded[top] = new Round(item, generation);
        _pushed = pushed + 1;
        return true;
    }

    /// <summary>From now on nothing is taken into the front slot, which is empty.</summary>
    public void DisableFront()
    {
        Debug.Assert(!IsFrontFull, "The front slot is disabled before anything is freed.");
        _front = Disabled;
    }

    /// <summary>
    /// The room of the loaded magazine, for rounds that are written first and counted together by <see cref="EndPush"/>; nothing else may
    /// touch the pair in between. The caller compares each generation with <see cref="CacheHot.FreeLimit"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Span<Round> BeginPush()
    {
        int top = Count;
        return new Span<Round>(_loaded + top, Magazine.Capacity - top);
    }

    /// <summary>Counts rounds that were written into the room of <see cref="BeginPush"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndPush(int count) => _pushed += count;

    /// <summary>Exchanges the loaded and the previous magazine.</summary>
    public void Swap()
    {
        Round* loaded = _loaded;
        _loaded = _previous;
        _previous = loaded;
        (Count, PreviousCount) = (PreviousCount, Count);
    }

    /// <summary>Puts a full magazine in; both of the pair's are empty, and the previous one comes out.</summary>
    public Magazine LoadFull(Magazine full)
    {
        Debug.Assert(Count == 0 && PreviousCount == 0, "A full magazine is loaded only when both magazines are empty.");
        Magazine empty = Magazine.Of(_previous);
        _previous = _loaded;
        _loaded = full.Rounds;
        Count = Magazine.Capacity;
        return empty;
    }

    /// <summary>Puts an empty magazine in; both of the pair's are full, and the previous one comes out.</summary>
    public Magazine LoadEmpty(Magazine empty)
    {
        Debug.Assert(
            Count == Magazine.Capacity && PreviousCount == Magazine.Capacity,
            "An empty magazine is loaded only when both are full.");
        Magazine full = Magazine.Of(_previous);
        _previous = _loaded;
        PreviousCount = Count;
        _loaded = empty.Rounds;
        Count = 0;
        return full;
    }

    /// <summary>
    /// Takes any round, for flushing: from the front slot, the loaded or the previous magazine. False if there is none.
    /// </summary>
    public bool TryTakeAny(out uint item)
    {
        if (Count == 0 && PreviousCount > 0)
        {
            Swap();
        }

        return TryPop(out item);
    }

    /// <summary>Takes both magazines out, which are empty; the pair is of no further use.</summary>
    public readonly void Unload(EmptyMagazines depot)
    {
        Debug.Assert(Total == 0, "A pair is flushed before it is unloaded.");
        depot.Return(Magazine.Of(_loaded));
        depot.Return(Magazine.Of(_previous));
    }

    /// <summary>True if an item is here. A moment's view, where another thread asks.</summary>
    public readonly bool Holds(uint item)
        => _front == item || Magazine.Of(_loaded).Holds(item, Count) || Magazine.Of(_previous).Holds(item, PreviousCount);

    /// <summary>Every round, for the audit.</summary>
    public readonly Round[] ToArray()
    {
        Round[] inHand = IsFrontFull ? [new Round(_front, generation: 0)] : [];
        return [.. new ReadOnlySpan<Round>(_loaded, Count), .. new ReadOnlySpan<Round>(_previous, PreviousCount), .. inHand];
    }
}
