using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>--decapsulate: takes the outer IP headers off.</summary>
internal static class Decapsulation
{
    /// <summary>Takes every IP header off that has another IP packet behind it.</summary>
    /// <param name="packet">The packet, from its IP header on.</param>
    /// <param name="link">Its link header, which says afterwards what is left.</param>
    public static StepOutcome Apply(MbufChain packet, LinkHeader link)
    {
        StepOutcome outcome = StepOutcome.NotNeeded;
        while (Tunnel.TryFindInner(packet, 0, out int inner, out EtherType type))
        {
            if (!link.TryAnnounce(type))
            {
                return StepOutcome.Refused;
            }

            packet.TrimStart(inner);
            outcome = StepOutcome.Done;
        }

        return outcome;
    }
}
