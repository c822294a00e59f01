using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>--reassemble: holds fragments until their packet is whole, by the time in the capture, and within limits.</summary>
internal sealed class Reassembly : IDisposable
{
    /// <summary>Half of the clusters that there are: the other half is for the packet that is being worked on.</summary>
    private const int MostMbufs = PacketMemory.Clusters / 2;

    private const int MostPackets = 4_096;

    /// <summary>No limit: 64 KiB in the smallest fragments that there are.</summary>
    private const int MostFragments = 8_192;

    private readonly CaptureClock _clock = new();
    private readonly MbufReassembler _reassembler;
    private readonly IDisposable _registration;

    /// <summary>
    /// A capture is no network: whoever sent more than others may, and fragments may be as small as somebody made them.
    /// </summary>
    public Reassembly(MbufArena arena)
    {
        _reassembler = new MbufReassembler(arena, new MbufReassemblerOptions
        {
            MaximumPackets = MostPackets,
            MaximumPacketsPerSource = MostPackets,
            MaximumMbufs = MostMbufs,
            MaximumMbufsPerSource = MostMbufs,
            MaximumFragmentsPerPacket = MostFragments,
            AllowTinyFragments = true,
            TimeProvider = _clock,
        });
        _registration = arena.RegisterReclaim(_reassembler.Reclaim);
    }

    public MbufReassemblyStatistics Statistics => _reassembler.GetStatistics();

    /// <summary>Takes a packet that may be a fragment.</summary>
    /// <param name="mbufs">The scope that the packet is in.</param>
    /// <param name="packet">The packet, from its IP header on; consumed, and perhaps given back.</param>
    /// <param name="info">The frame that it came in.</param>
    /// <param name="whole">The packet to go on with; null if it is a fragment that is held, or was dropped.</param>
    public StepOutcome Apply(in MbufScope mbufs, MbufChain packet, in FrameInfo info, out MbufChain whole)
    {
        _clock.Advance(info.Timestamp);
        if (!IPPacket.IsWhole(packet))
        {
            whole = packet;
            return StepOutcome.Truncated;
        }

        MbufReassemblyStatus status = _reassembler.Add(mbufs, packet, out whole);
        switch (status)
        {
            case MbufReassemblyStatus.NotFragment:
                return StepOutcome.NotNeeded;
            case MbufReassemblyStatus.Complete or MbufReassemblyStatus.Atomic or MbufReassemblyStatus.Held:
                return StepOutcome.Done;
            case MbufReassemblyStatus.Exhausted:
                whole = packet;
                return StepOutcome.Refused;
            default:
                return StepOutcome.Dropped;
        }
    }

    /// <summary>Drops what is still held.</summary>
    /// <returns>Of how many packets some fragments never came.</returns>
    public int End(in MbufScope mbufs) => _reassembler.Clear(mbufs);

    public void Dispose()
    {
        _registration.Dispose();
        _reassembler.Dispose();
    }
}
