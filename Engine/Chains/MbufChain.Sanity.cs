using System.Diagnostics.CodeAnalysis;

namespace Engine.Mbufs;

/// <content>Checking every truth of a chain.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// m_sanity: walks the chain and checks what must be true of it: links, data inside its storage, one head, the known
    /// length, tail and number of segments, and, unless the chain is empty, that the packet header's length is that of the data.
    /// </summary>
    /// <param name="problem">What is wrong, in a sentence; null if nothing is.</param>
    /// <returns>True if everything is as it must be. A packet length that the user set otherwise is reported, too.</returns>
    /// <exception cref="MbufStaleException">The packet was freed or given away.</exception>
    /// <remarks>O(segments). Allocates only when it finds something.</remarks>
    public bool IsSane([NotNullWhen(false)] out string? problem)
    {
        ref MbufHeader head = ref Head();
        problem = ChainSanity.FindProblem(_cache.Arena, Index);
        bool hasHeader = (head.Flags & HeaderFlags.PacketHeader) != 0;
        if (problem is null && hasHeader && head.ChainLength != 0 && head.PacketLength != head.ChainLength)
        {
            problem = $"The packet header says {head.PacketLength} bytes; the chain holds {head.ChainLength}.";
        }

        return problem is null;
    }
}
