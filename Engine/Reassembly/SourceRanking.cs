using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// Sources in the order in which they give way: who holds the most first, and among equals who holds something for the longest
/// time. A binary heap that knows the place of each.
/// </summary>
/// <remarks>Setting is O(log sources); asking for the first is O(1).</remarks>
internal sealed class SourceRanking
{
    private readonly int[] _heap;
    private readonly Rank[] _ranks;
    private int _count;

    /// <summary>For sources with numbers from 1 to a maximum.</summary>
    public SourceRanking(int sources)
    {
        _heap = new int[sources];
        _ranks = new Rank[sources + 1];
    }

    /// <summary>The source that gives way first, 0 if there is none.</summary>
    public int First => _count == 0 ? 0 : _heap[0];

    /// <summary>Says what a source holds, and since when; it need not have been there before.</summary>
    public void Set(int source, int weight, long since)
    {
        ref Rank rank = ref _ranks[source];
        if (!rank.IsIn)
        {
            rank.IsIn = true;
            rank.Place = _count;
            _heap[_count++] = source;
        }

        (rank.Weight, rank.Since) = (weight, since);
        Settle(source);
    }

    /// <summary>Takes a source out.</summary>
    public void Remove(int source)
    {
        ref Rank rank = ref _ranks[source];
        Debug.Assert(rank.IsIn, "Sources are taken out when their last packet goes, once.");
        int place = rank.Place;
        rank = default;
        int moved = _heap[--_count];
        if (place < _count)
        {
            Put(moved, place);
            Settle(moved);
        }
    }

    private void Settle(int source)
    {
        int place = _ranks[source].Place;
        while (place > 0 && IsBefore(source, _heap[(place - 1) / 2]))
        {
            Put(_heap[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        for (int child = FirstChild(place); child < _count && IsBefore(_heap[child], source); child = FirstChild(place))
        {
            Put(_heap[child], place);
            place = child;
        }

        Put(source, place);
    }

    /// <summary>
    /// Of the two places below one, that of the source that gives way first; beyond the count if there is none.
    /// </summary>
    private int FirstChild(int place)
    {
        int child = (2 * place) + 1;
        return child + 1 < _count && IsBefore(_heap[child + 1], _heap[child]) ? child + 1 : child;
    }

    private void Put(int source, int place)
    {
        _heap[place] = source;
        _ranks[source].Place = place;
    }

    private bool IsBefore(int source, int other)
    {
        ref Rank left = ref _ranks[source];
        ref Rank right = ref _ranks[other];
        return left.Weight != right.Weight ? left.Weight > right.Weight : left.Since < right.Since;
    }

    private struct Rank
    {
        public int Place;
        public int Weight;
        public long Since;
        public bool IsIn;
    }
}
