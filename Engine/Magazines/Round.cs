namespace Engine.Mbufs;

/// <summary>One free item in a magazine: one word, so that it is one load and one store.</summary>
internal readonly record struct Round
{
    private readonly ulong _bits;

    public Round(uint item, uint generation)
    {
        _bits = item | ((ulong)generation << 32);
    }

    public Round(ulong bits)
    {
        _bits = bits;
    }

    /// <summary>Its number in its zone.</summary>
    public uint Item => (uint)_bits;

    /// <summary>
    /// Of a pair, the generation that its header has while it is free, so that a packet can be handed out without looking at the
    /// header: of many packets in flight, each header is a line to be fetched. 0 in the other zones, where the header is written
    /// anyway.
    /// </summary>
    public uint Generation => (uint)(_bits >> 32);

    /// <summary>The same item at another generation.</summary>
    /// <param name="step"><c>Step</c> in the upper half.</param>
    public Round Later(ulong step) => new(unchecked(_bits + step));
}
