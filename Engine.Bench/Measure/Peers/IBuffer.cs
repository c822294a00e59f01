namespace Engine.Mbufs.Bench.Measure;

/// <summary>A buffer of a pool, as its users rent and return it. Structs implement it, so that the JIT sees through it.</summary>
internal interface IBuffer<TSelf>
    where TSelf : struct, IBuffer<TSelf>
{
    /// <summary>Its bytes: as many as were asked for, or more.</summary>
    Span<byte> Bytes { get; }

    static abstract TSelf Rent(int length);

    void Return();
}
