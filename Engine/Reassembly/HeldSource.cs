namespace Engine.Mbufs.Wire;

/// <summary>Somebody of whose packets fragments are held. Links are indices, 0 for none.</summary>
internal struct HeldSource
{
    public SourceKey Key;

    /// <summary>The next one in the same bucket, or the next unused one.</summary>
    public int Next;

    /// <summary>Its bucket.</summary>
    public int Bucket;

    /// <summary>Number of its packets.</summary>
    public int Packets;

    /// <summary>Mbufs of all of these.</summary>
    public int Mbufs;

    /// <summary>The ends of the list of its packets, in the order in which they came.</summary>
    public int Oldest;

    public int Newest;
}
