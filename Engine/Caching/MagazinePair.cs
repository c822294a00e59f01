using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A cache's two magazines for one zone: the loaded one, which pops and pushes work on, and the previous one, which is full,
/// empty or in between, so that a thread that allocates and frees around a boundary does not visit the depot each time. And one
/// round in hand, for the thread that allocates again what it just freed.
/// </summary>
/// <remarks>
/// Unsafe and sound as <see cref="Magazine"/>: every access is preceded by a comparison of the count with 0 or with the
/// capacity.
/// </remarks>
internal unsafe struct MagazinePair
{
    private const int Nothing = -1;

    private Round* _loaded;
    private Round* _previous;

    /// <summary>
    /// The round in hand, or <see cref="Nothing"/>. A round in a magazine is where a count says, so a pop waits for the push
    /// before it through memory; this word stays where it is, and the processor forwards it at once.
    /// </summary>
    private int _hand = Nothing;

    /// <summary>The generation of the round in hand.</summary>
    private uint _handGeneration;

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
    public readonly int Total => Count + PreviousCount + (_hand == Nothing ? 0 : 1);

    /// <summary>Rounds in the previous magazine.</summary>
    public int PreviousCount { get; private set; }

    /// <summary>
    /// Takes the round in hand, else the newest of the magazine. The floor is 0, or more than any round and any count, to send
    /// the caller to the slow path.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPop(int floor, out uint item, out uint generation)
    {
        int hand = _hand;
        if (hand >= floor)
        {
            _hand = Nothing;
            item = (uint)hand;
            generation = _handGeneration;
            return true;
        }

        int popped = _popped + 1;
        int top = _pushed - popped;
        if (top < floor)
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
    public bool TryPop(int floor, out uint item) => TryPop(floor, out item, out _);

    /// <summary>Takes the newest rounds, all or none. They are valid until the next push.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPopMany(int floor, int count, out ReadOnlySpan<Round> rounds)
    {
        int left = Count - count;
        if (left < floor)
        {
            rounds = default;
            return false;
        }

        rounds = new ReadOnlySpan<Round>(_loaded + left, count);
        _popped += count;
        return true;
    }

    /// <summary>
    /// Adds a round. The ceiling is 0, for the capacity, or less than any count lacks of it, to send the caller to the slow path.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPush(int ceiling, uint item, uint generation)
    {
        // Nothing in hand, and no reason to take the slow path: one comparison.
        if (_hand < ceiling)
        {
            _hand = (int)item;
            _handGeneration = generation;
            return true;
        }

        int pushed = _pushed;
        int top = pushed - _popped;
        if (top - Magazine.Capacity >= ceiling)
        {
            return false;
        }

        _loaded[top] = new Round(item, generation);
        _pushed = pushed + 1;
        return true;
    }

    /// <summary>
    /// The room of the loaded magazine below the ceiling, for rounds that are written first and counted together by
    /// <see cref="EndPush"/>; nothing else may touch the pair in between.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Span<Round> BeginPush(int ceiling)
    {
        int top = Count;
        return ceiling < 0 ? default : new Span<Round>(_loaded + top, Magazine.Capacity - top);
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
    /// Takes any round, for flushing: from the hand, the loaded or the previous magazine. False if there is none.
    /// </summary>
    public bool TryTakeAny(out uint item)
    {
        if (Count == 0 && PreviousCount > 0)
        {
            Swap();
        }

        return TryPop(0, out item);
    }

    /// <summary>Takes both magazines out, which are empty; the pair is of no further use.</summary>
    public readonly void Unload(EmptyMagazines depot)
    {
        Debug.Assert(Total == 0, "A pair is flushed before it is unloaded.");
        depot.Give(Magazine.Of(_loaded));
        depot.Give(Magazine.Of(_previous));
    }

    /// <summary>True if an item is here. A moment's view, where another thread asks.</summary>
    public readonly bool Holds(uint item)
        => _hand == (int)item || Magazine.Of(_loaded).Holds(item, Count) || Magazine.Of(_previous).Holds(item, PreviousCount);

    /// <summary>Every round, for the audit.</summary>
    public readonly Round[] ToArray()
    {
        Round[] inHand = _hand == Nothing ? [] : [new Round((uint)_hand, _handGeneration)];
        return [.. new ReadOnlySpan<Round>(_loaded, Count), .. new ReadOnlySpan<Round>(_previous, PreviousCount), .. inHand];
    }
}
