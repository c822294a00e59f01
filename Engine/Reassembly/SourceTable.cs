using System.Diagnostics;
using System.Numerics;

namespace Engine.Mbufs.Wire;

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
