namespace Engine.Mbufs;

/// <summary>Where the storage of one kind lies: a slab of equal strides. Offsets and sizes in bytes.</summary>
/// <param name="Start">Offset of storage 0 from the arena's base.</param>
/// <param name="Stride">Distance of one storage to the next, an odd number of cache lines, so that equal offsets in different
/// clusters fall on different cache sets.</param>
/// <param name="Capacity">Usable bytes of one storage, headroom included.</param>
/// <param name="Headroom">Where the data of a fresh storage starts.</param>
/// <param name="FirstCount">Ordinal of storage 0 among the reference counts; without meaning for internal storage.</param>
internal readonly record struct StorageLayout(long Start, int Stride, int Capacity, int Headroom, long FirstCount)
{
    /// <summary>Bytes that fit behind the headroom.</summary>
    public int Size => Capacity - Headroom;

    public long StartOf(uint storage) => Start + ((long)storage * Stride);
}
