using System.Diagnostics;
using System.Numerics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// A packet of which fragments are held, or which is remembered because it was dropped. Links are indices, 0 for none.
/// </summary>
internal struct HeldPacket
{
    public FragmentKey Key;

    /// <summary>The next one in the same bucket, or the next unused one.</summary>
    public int Next;

    /// <summary>Its bucket.</summary>
    public int Bucket;

    /// <summary>The one before and behind it in the order in which packets of its version came.</summary>
    public int Older;

    public int Newer;

    /// <summary>The one before and behind it in the order in which packets of its source came.</summary>
    public int OlderOfSource;

    public int NewerOfSource;

    public int Source;

    /// <summary>The fragment with the lowest place, and the one with the highest.</summary>
    public int First;

    public int Last;

    /// <summary>Number of fragments.</summary>
    public int Fragments;

    /// <summary>Mbufs of all of them.</summary>
    public int Mbufs;

    /// <summary>Bytes of payload of all of them.</summary>
    public int Length;

    /// <summary>Bytes of the whole payload, 0 until the last fragment has come.</summary>
    public int TotalLength;

    /// <summary>What the first fragment's header adds to the length, 0 until it has come.</summary>
    public int HeaderLength;

    /// <summary>When the first of its fragments came, and the how manieth packet it was.</summary>
    public long Came;

    public long Serial;

    /// <summary>The checksum flags that all fragments have.</summary>
    public MbufChecksumFlags ChecksumFlags;

    /// <summary>The ones' complement sum of the fragments' sums.</summary>
    public ushort Sum;

    /// <summary>Which of the four congestion codepoints there are: a bit for each.</summary>
    public byte Congestion;

    /// <summary>The sum of at least one fragment includes a pseudo header.</summary>
    public bool HasPseudoHeader;

    /// <summary>The first fragment's protocol is one whose checksum is a sum over all bytes.</summary>
    public bool IsSummed;

    /// <summary>All was dropped, and what comes will be.</summary>
    public bool IsAbandoned;
}

/// <summary>A fragment that is held: the first one of its packet with its header, the others without.</summary>
internal struct HeldFragment
{
    public Mbuf Handle;

    /// <summary>The neighbours by place, 0 for none; of an unused one the next unused one.</summary>
    public int Next;

    public int Previous;

    /// <summary>Where the payload belongs in the whole, in bytes.</summary>
    public int Offset;

    /// <summary>Bytes of payload.</summary>
    public int Length;

    public readonly int End => Offset + Length;
}

/// <summary>
/// All packets of which fragments are held, by key, by age and by source. Made for a maximum; never grows. It counts; whose mbufs
/// they are, and what becomes of them, is the reassembler's.
/// </summary>
/// <remarks>Finding, adding and removing are O(1) on average, and O(log sources) for the order of the sources.</remarks>
internal sealed class PacketTable
{
    private readonly KeyedHash _hash = new();
    private readonly HeldPacket[] _packets;
    private readonly int[] _buckets;
    private int _unused;
    private long _serial;
    private AgeList _ipv4;
    private AgeList _ipv6;

    /// <summary>For at most so many packets, with so many mbufs.</summary>
    public PacketTable(int maximum, int maximumMbufs)
    {
        _packets = new HeldPacket[maximum + 1];
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)maximum * 2)];
        Sources = new SourceTable(maximum, maximumMbufs, _hash);
        for (int packet = maximum; packet > 0; packet--)
        {
            _packets[packet].Next = _unused;
            _unused = packet;
        }
    }

    public SourceTable Sources { get; }

    /// <summary>All packets, also those of which nothing is held any more.</summary>
    public int Count { get; private set; }

    /// <summary>Those of which nothing is held any more.</summary>
    public int Abandoned { get; private set; }

    /// <summary>Mbufs of all packets.</summary>
    public int Mbufs { get; private set; }

    public bool IsFull => _unused == 0;

    public ref HeldPacket this[int packet] => ref _packets[packet];

    /// <summary>The packet's number, 0 if nothing of it is held.</summary>
    public int Find(in FragmentKey key)
    {
        int packet = _buckets[BucketOf(key)];
        while (packet != 0 && _packets[packet].Key != key)
        {
            packet = _packets[packet].Next;
        }

        return packet;
    }

    /// <summary>The packet of one version that came first, 0 if there is none.</summary>
    public int Oldest(bool isIPv6) => isIPv6 ? _ipv6.Oldest : _ipv4.Oldest;

    /// <summary>The packet that came first, of either version, 0 if there is none.</summary>
    public int Oldest()
    {
        (int first, int other) = (_ipv4.Oldest, _ipv6.Oldest);
        return first == 0 || (other != 0 && _packets[other].Serial < _packets[first].Serial) ? other : first;
    }

    /// <summary>The oldest packet of a source that holds something, 0 for no source.</summary>
    public int OldestOf(int source) => source == 0 ? 0 : Sources[source].Oldest;

    /// <summary>Adds a packet without fragments, which is the newest; the table is not full.</summary>
    public int Add(in FragmentKey key, long now)
    {
        Debug.Assert(!IsFull, "Room is made before a packet is added.");
        int packet = _unused;
        int bucket = BucketOf(key);
        _unused = _packets[packet].Next;
        _packets[packet] = new HeldPacket
        {
            Key = key,
            Bucket = bucket,
            Next = _buckets[bucket],
            Came = now,
            Serial = ++_serial,
            ChecksumFlags = (MbufChecksumFlags)uint.MaxValue,
            Source = Sources.FindOrAdd(key.Source),
        };
        _buckets[bucket] = packet;
        Count++;
        LinkByAge(packet);
        LinkToSource(packet);
        return packet;
    }

    /// <summary>Counts mbufs to a packet and its source, or with a negative number from them.</summary>
    public void CountMbufs(int packet, int change)
    {
        ref HeldPacket held = ref _packets[packet];
        held.Mbufs += change;
        Mbufs += change;
        Debug.Assert(held.Mbufs >= 0 && Mbufs >= held.Mbufs, "What is taken away was counted before.");
        Sources[held.Source].Mbufs += change;
        UpdateSource(held.Source);
    }

    /// <summary>Says of a packet, which has no fragments any more, that what comes of it is to be dropped.</summary>
    public void Abandon(int packet)
    {
        Debug.Assert(_packets[packet].Fragments == 0 && !_packets[packet].IsAbandoned, "Abandoned once, after all was dropped.");
        _packets[packet].IsAbandoned = true;
        Abandoned++;
    }

    /// <summary>Forgets a packet that has no fragments.</summary>
    public void Remove(int packet)
    {
        ref HeldPacket held = ref _packets[packet];
        Debug.Assert(held.Fragments == 0 && held.Mbufs == 0, "What is forgotten holds nothing.");
        Abandoned -= held.IsAbandoned ? 1 : 0;
        Count--;
        UnlinkByAge(ref held);
        UnlinkFromSource(ref held);
        ref int link = ref _buckets[held.Bucket];
        while (link != packet)
        {
            link = ref _packets[link].Next;
        }

        link = held.Next;
        held = new HeldPacket { Next = _unused };
        _unused = packet;
    }

    private void LinkByAge(int packet)
    {
        ref HeldPacket held = ref _packets[packet];
        ref AgeList list = ref ListOf(held.Key);
        held.Older = list.Newest;
        ref int before = ref list.Newest == 0 ? ref list.Oldest : ref _packets[list.Newest].Newer;
        before = packet;
        list.Newest = packet;
    }

    private void UnlinkByAge(ref HeldPacket held)
    {
        ref AgeList list = ref ListOf(held.Key);
        ref int before = ref held.Older == 0 ? ref list.Oldest : ref _packets[held.Older].Newer;
        ref int behind = ref held.Newer == 0 ? ref list.Newest : ref _packets[held.Newer].Older;
        (before, behind) = (held.Newer, held.Older);
    }

    private void LinkToSource(int packet)
    {
        ref HeldPacket held = ref _packets[packet];
        ref HeldSource source = ref Sources[held.Source];
        held.OlderOfSource = source.Newest;
        ref int before = ref source.Newest == 0 ? ref source.Oldest : ref _packets[source.Newest].NewerOfSource;
        before = packet;
        source.Newest = packet;
        source.Packets++;
        UpdateSource(held.Source);
    }

    private void UnlinkFromSource(ref HeldPacket held)
    {
        ref HeldSource source = ref Sources[held.Source];
        ref int before = ref held.OlderOfSource == 0 ? ref source.Oldest : ref _packets[held.OlderOfSource].NewerOfSource;
        ref int behind = ref held.NewerOfSource == 0 ? ref source.Newest : ref _packets[held.NewerOfSource].OlderOfSource;
        (before, behind) = (held.NewerOfSource, held.OlderOfSource);
        source.Packets--;
        UpdateSource(held.Source);
    }

    private void UpdateSource(int source) => Sources.Update(source, _packets[Sources[source].Oldest].Serial);

    private ref AgeList ListOf(in FragmentKey key) => ref key.IsIPv6 ? ref _ipv6 : ref _ipv4;

    private int BucketOf(in FragmentKey key) => (int)(_hash.Of(key) & (uint)(_buckets.Length - 1));

    /// <summary>The ends of a list of packets in the order in which they came.</summary>
    private struct AgeList
    {
        public int Oldest;
        public int Newest;
    }
}

/// <summary>
/// All fragments that are held, in the order of their places in their packets. Made for a maximum; never grows.
/// </summary>
internal sealed class FragmentTable
{
    private readonly HeldFragment[] _fragments;
    private int _unused;

    /// <summary>For at most so many fragments.</summary>
    public FragmentTable(int maximum)
    {
        _fragments = new HeldFragment[maximum + 1];
        for (int fragment = maximum; fragment > 0; fragment--)
        {
            _fragments[fragment].Next = _unused;
            _unused = fragment;
        }
    }

    /// <summary>Number of fragments.</summary>
    public int Count { get; private set; }

    public ref HeldFragment this[int fragment] => ref _fragments[fragment];

    /// <summary>
    /// The fragment of a packet with the highest place that is not behind an offset, 0 if all are behind it. O(1) at both ends,
    /// where fragments come that are sent in order or in reverse; else O(fragments), of which a packet has few.
    /// </summary>
    public int FindBefore(in HeldPacket packet, int offset)
    {
        if (packet.First == 0 || _fragments[packet.First].Offset > offset)
        {
            return 0;
        }

        int fragment = packet.Last;
        while (_fragments[fragment].Offset > offset)
        {
            fragment = _fragments[fragment].Previous;
        }

        return fragment;
    }

    /// <summary>Adds a fragment behind another of the packet, 0 for before all.</summary>
    public void Insert(ref HeldPacket packet, int before, in HeldFragment fragment)
    {
        int index = _unused;
        Debug.Assert(index != 0, "Each fragment has an mbuf, and there are as many places for the one as for the other.");
        _unused = _fragments[index].Next;
        int next = before == 0 ? packet.First : _fragments[before].Next;
        _fragments[index] = fragment with { Previous = before, Next = next };
        (before == 0 ? ref packet.First : ref _fragments[before].Next) = index;
        (next == 0 ? ref packet.Last : ref _fragments[next].Previous) = index;
        packet.Fragments++;
        packet.Length += fragment.Length;
        Count++;
    }

    /// <summary>Takes the fragment with the lowest place out of its packet.</summary>
    public HeldFragment TakeFirst(ref HeldPacket packet)
    {
        int index = packet.First;
        HeldFragment fragment = _fragments[index];
        packet.First = fragment.Next;
        (packet.First == 0 ? ref packet.Last : ref _fragments[packet.First].Previous) = 0;
        packet.Fragments--;
        packet.Length -= fragment.Length;
        _fragments[index] = new HeldFragment { Next = _unused };
        _unused = index;
        Count--;
        return fragment;
    }
}
