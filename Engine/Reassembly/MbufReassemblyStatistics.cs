using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>
/// What an <see cref="MbufReassembler"/> has done and what it holds, at one moment. A copy: it does not change.
/// </summary>
public readonly struct MbufReassemblyStatistics
{
    private const int Outcomes = (int)MbufReassemblyStatus.Exhausted + 1;

    private readonly Counters _outcomes;

    internal MbufReassemblyStatistics(in Counters outcomes) => _outcomes = outcomes;

    /// <summary>Packets of which fragments are held.</summary>
    public int HeldPackets { get; init; }

    /// <summary>Packets that were dropped and are remembered, so that what comes of them later is dropped, too.</summary>
    public int AbandonedPackets { get; init; }

    /// <summary>Sources that any of these packets are from.</summary>
    public int Sources { get; init; }

    /// <summary>Fragments that are held.</summary>
    public int HeldFragments { get; init; }

    /// <summary>Mbufs of these fragments.</summary>
    public int HeldMbufs { get; init; }

    /// <summary>Packets that were dropped because their time was over.</summary>
    public long TimedOut { get; init; }

    /// <summary>Packets that were dropped, or forgotten, to make room for others.</summary>
    public long Evicted { get; init; }

    /// <summary>Fragments that had been held and were dropped with their packet, for whatever reason.</summary>
    public long DroppedFragments { get; init; }

    /// <summary>How many packets came to one of the ends that there are.</summary>
    /// <param name="status">The end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such end.</exception>
    public long CountOf(MbufReassemblyStatus status)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)status, (uint)Outcomes, nameof(status));
        return _outcomes[(int)status];
    }

    /// <summary>One number for each status.</summary>
    [InlineArray(Outcomes)]
    internal struct Counters
    {
        private long _first;
    }
}
