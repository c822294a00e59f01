namespace Engine.Mbufs;

/// <content>What the packet headers of fragments say of their network headers.</content>
public readonly ref partial struct MbufChain
{
    /// <summary>
    /// Corrects the length of the network header in the packet headers of parts that have another one than the packet had, if
    /// that told it. The parts are linked, the first one before the others.
    /// </summary>
    private void CorrectHeaderLengths(ref MbufHeader head, in CutPlan plan)
    {
        int told = _cache.Hot.Memory.ColdOf(ref head).Layer3HeaderLength;
        if (told < plan.HeaderLength || (plan.Growth == 0 && plan.LaterHeaderLength == plan.HeaderLength))
        {
            return;
        }

        SetNetworkHeaderLength(ref head, told + plan.Growth);
        for (uint index = head.NextPacket; index != 0; index = At(index).NextPacket)
        {
            SetNetworkHeaderLength(ref At(index), plan.LaterHeaderLength);
        }
    }

    /// <summary>Nothing is told of what is longer than the field can say.</summary>
    private void SetNetworkHeaderLength(ref MbufHeader part, int length)
        => _cache.Hot.Memory.ColdOf(ref part).Layer3HeaderLength = length <= byte.MaxValue ? (byte)length : (byte)0;
}
