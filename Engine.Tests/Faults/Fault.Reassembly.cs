using Engine.Mbufs.Tests.Reassembly;
using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Faults;

/// <content>Reassembly.</content>
internal sealed partial record Fault
{
    private const int FragmentLength = 1000;

    private static IEnumerable<Fault> OfReassembly() =>
    [
        Reassembly("IPv4", (in mbufs, _, _) => Complete(mbufs, isIPv6: false)),
        Reassembly("IPv6", (in mbufs, _, _) => Complete(mbufs, isIPv6: true)),
        Reassembly("atomic", (in mbufs, _, _) => CompleteAtomic(mbufs)),
    ];

    private static Fault Reassembly(string what, FaultAttempt attempt)
        => new("MbufReassembler.Add(MbufScope, MbufChain, MbufChain)", what, attempt) { IsFresh = true };

    /// <summary>The header of the first fragment is shared, so that it must be copied when the second one comes.</summary>
    private static bool Complete(in MbufScope mbufs, bool isIPv6)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 2 * FragmentLength);
        List<byte[]> fragments = FragmentBytes.Of(whole, FragmentLength);
        using var reassembler = new MbufReassembler(mbufs.Arena, new MbufReassemblerOptions { MaximumPackets = 1, MaximumMbufs = 8 });
        using MbufChain first = mbufs.AllocatePacketFrom(fragments[0], 0, 0);
        using MbufChain partner = first.IsNull ? default : first.Share();
        using MbufChain second = mbufs.AllocatePacketFrom(fragments[1], 0, 0);
        if (partner.IsNull || second.IsNull)
        {
            return false;
        }

        Must(reassembler.Add(mbufs, first, out MbufChain none) == MbufReassemblyStatus.Held && none.IsNull, "It waits.");
        bool done = IsDone(reassembler.Add(mbufs, second, out MbufChain packet), second, packet, whole);
        ChainAssert.Holds(partner, fragments[0]);
        return done;
    }

    private static bool CompleteAtomic(in MbufScope mbufs)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6: true, FragmentLength);
        using var reassembler = new MbufReassembler(mbufs.Arena, new MbufReassemblerOptions { MaximumPackets = 1, MaximumMbufs = 1 });
        using MbufChain fragment = mbufs.AllocatePacketFrom(FragmentBytes.IPv6(whole, 0, FragmentLength, more: false), 0, 0);
        using MbufChain partner = fragment.IsNull ? default : fragment.Share();
        return !partner.IsNull && IsDone(reassembler.Add(mbufs, fragment, out MbufChain packet), fragment, packet, whole);
    }

    private static bool IsDone(MbufReassemblyStatus status, MbufChain fragment, MbufChain packet, byte[] whole)
    {
        if (status == MbufReassemblyStatus.Exhausted)
        {
            Must(fragment.IsOwned && packet.IsNull, "The fragment is still its owner's.");
            return false;
        }

        ChainAssert.Holds(packet, whole);
        Must(!fragment.IsOwned, "It is part of the whole.");
        return Freed(packet);
    }
}
