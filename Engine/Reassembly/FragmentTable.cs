using System.Diagnostics;

namespace Engine.Mbufs.Wire;

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
