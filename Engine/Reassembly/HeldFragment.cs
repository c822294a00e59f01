namespace Engine.Mbufs.Wire;

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
