namespace Engine.Mbufs;

/// <summary>Neighbouring mbufs of a chain whose bytes are to come together in the storage of one of them, or in a fresh one.</summary>
internal struct MergeGroup(uint first, int bytes)
{
    /// <summary>The mbuf that stays.</summary>
    public readonly uint First = first;

    /// <summary>The mbuf whose storage stays, unless it is <see cref="IsFresh"/>.</summary>
    public uint Base = first;

    /// <summary>The last mbuf.</summary>
    public uint Last = first;

    /// <summary>The number of mbufs.</summary>
    public int Count = 1;

    /// <summary>The bytes of all of them.</summary>
    public int Bytes = bytes;

    /// <summary>Bytes that move before those of the base.</summary>
    public int Before;

    /// <summary>Bytes that move behind those of the base.</summary>
    public int Behind;

    /// <summary>All bytes move into a fresh cluster.</summary>
    public bool IsFresh;
}
