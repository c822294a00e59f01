using System.Diagnostics;
using System.Numerics;

namespace Engine.Mbufs.Wire;

/// <summary>Somebody of whose packets fragments are held. Links are indices, 0 for none.</summary>
internal struct HeldSource
{
    public SourceKey Key;

    /// <summary>The next one in the same bucket, or the next unused one.</summary>
    public int Next;

    /// <summary>Its bucket.</summary>
    public int Bucket;

    /// <summary>Number of its packets.</summary>
    public int Packets;

    /// <summary>Mbufs of all of these.</summary>
    public int Mbufs;

    /// <summary>The ends of the list of its packets, in the order in which they came.</summary>
    public int Oldest;

    public int Newest;
}

/// <summary>Somebody who sends fragments.</summary>
/// <param name="Prefix">An IPv4 address, or the first half of an IPv6 address.</param>
/// <param name="Kind">The version.</param>
internal readonly record struct SourceKey(ulong Prefix, uint Kind);

/// <summary>All sources of packets that are held, and who of them gives way first. Made for a maximum; never grows.</summary>
/// <remarks>Finding, adding and removing are O(1) on average, whatever keys somebody chooses: <see cref="KeyedHash"/>.</remarks>
internal sealed class SourceTable
{
    /// <summary>
    /// Who holds a part of all that is one in so many, or less, is as good as any other: else one who sends a little would lose
    /// it to a thousand forged senders who hold less each.
    /// </summary>
    private const int Modesty = 128;

    private readonly int _modestPackets;
    private readonly int _modestMbufs;
    private readonly KeyedHash _hash;
    private readonly HeldSource[] _sources;
    private readonly int[] _buckets;
    private int _unused;

    /// <summary>For at most so many sources, and as many packets with so many mbufs.</summary>
    public SourceTable(int maximum, int maximumMbufs, KeyedHash hash)
    {
        _hash = hash;
        _modestPackets = maximum / Modesty;
        _modestMbufs = maximumMbufs / Modesty;
        _sources = new HeldSource[maximum + 1];
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)maximum * 2)];
        ByPackets = new SourceRanking(maximum);
        ByMbufs = new SourceRanking(maximum);
        for (int source = maximum; source > 0; source--)
        {
            _sources[source].Next = _unused;
            _unused = source;
        }
    }

    public int Count { get; private set; }

    /// <summary>Who has the most packets, of those that have many.</summary>
    public SourceRanking ByPackets { get; }

    /// <summary>Whose packets have the most mbufs, of those that have many.</summary>
    public SourceRanking ByMbufs { get; }

    public ref HeldSource this[int source] => ref _sources[source];

    /// <summary>The source's number, 0 if nothing of it is held.</summary>
    public int Find(in SourceKey key)
    {
        int source = _buckets[BucketOf(key)];
        while (source != 0 && _sources[source].Key != key)
        {
            source = _sources[source].Next;
        }

        return source;
    }

    /// <summary>The source's number; there are never more sources than packets, so there is a place for it.</summary>
    public int FindOrAdd(in SourceKey key)
    {
        int source = Find(key);
        if (source != 0)
        {
            return source;
        }

        source = _unused;
        Debug.Assert(source != 0, "Every source has a packet, and there are as many places for the one as for the other.");
        int bucket = BucketOf(key);
        _unused = _sources[source].Next;
        _sources[source] = new HeldSource { Key = key, Bucket = bucket, Next = _buckets[bucket] };
        _buckets[bucket] = source;
        Count++;
        return source;
    }

    /// <summary>Brings the rankings in step with what a source holds, and forgets it if that is nothing.</summary>
    public void Update(int source, long since)
    {
        ref HeldSource held = ref _sources[source];
        if (held.Packets > 0)
        {
            ByPackets.Set(source, Math.Max(held.Packets, _modestPackets), since);
            ByMbufs.Set(source, Math.Max(held.Mbufs, _modestMbufs), since);
            return;
        }

        Debug.Assert(held.Mbufs == 0, "Mbufs are held by packets.");
        ByPackets.Remove(source);
        ByMbufs.Remove(source);
        ref int link = ref _buckets[held.Bucket];
        while (link != source)
        {
            link = ref _sources[link].Next;
        }

        link = held.Next;
        held = new HeldSource { Next = _unused };
        _unused = source;
        Count--;
    }

    private int BucketOf(in SourceKey key) => (int)(_hash.Of(key) & (uint)(_buckets.Length - 1));
}

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
        Sift(source);
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
            Sift(moved);
        }
    }

    private void Sift(int source)
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
