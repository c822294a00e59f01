namespace Engine.Mbufs.Wire;

/// <summary>The mbufs that a packet is cut with: what was taken for it, what is on its way, and what is left over.</summary>
internal struct CutParts
{
    /// <summary>Mbufs for headers, linked: for the first part, if that needs one, and for each other.</summary>
    public uint Fronts;

    /// <summary>Mbufs for what lies behind a border inside another, linked.</summary>
    public uint Pieces;

    /// <summary>The mbuf whose bytes come next in the payload, 0 at the end.</summary>
    public uint Next;

    /// <summary>Mbufs that held nothing but the old header, linked: to be freed.</summary>
    public uint Dropped;

    /// <summary>The head of the last part so far.</summary>
    public uint Last;
}
