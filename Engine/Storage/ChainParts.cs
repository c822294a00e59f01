namespace Engine.Mbufs;

/// <summary>Linked mbufs that are not a chain yet: no head, no claim.</summary>
internal struct ChainParts
{
    public uint First;
    public uint Last;
    public int Segments;
}
