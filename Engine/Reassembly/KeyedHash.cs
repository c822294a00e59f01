namespace Engine.Mbufs.Wire;

/// <summary>
/// Hashes of keys that nobody outside can plan collisions of: a multilinear function over words of 32 bits with random
/// coefficients, which is strongly universal (Lemire and Kaser, "Strongly universal string hashing is fast", 2014): whatever two
/// keys are chosen, they meet with a chance of 2^-32 before the hash is cut to a table's size.
/// </summary>
internal sealed class KeyedHash
{
    private const int Words = 10;

    private readonly ulong[] _coefficients = new ulong[Words + 1];

    /// <summary>Draws the coefficients, anew for every instance.</summary>
    public KeyedHash()
    {
        for (int i = 0; i < _coefficients.Length; i++)
        {
            _coefficients[i] = SystemRandom.UInt64();
        }
    }

    /// <summary>A hash of a packet's key.</summary>
    public uint Of(in FragmentKey key)
    {
        ReadOnlySpan<ulong> coefficients = _coefficients;
        ulong sum = Of(key.SourceHigh, key.SourceLow, coefficients)
            + Of(key.DestinationHigh, key.DestinationLow, coefficients[4..])
            + (coefficients[8] * key.Identification)
            + (coefficients[9] * key.Kind)
            + coefficients[Words];
        return (uint)(sum >> 32);
    }

    /// <summary>A hash of a source.</summary>
    public uint Of(in SourceKey key) => (uint)((Of(key.Prefix, key.Kind, _coefficients) + _coefficients[Words]) >> 32);

    private static ulong Of(ulong first, ulong second, ReadOnlySpan<ulong> coefficients)
        => (coefficients[0] * (uint)first)
            + (coefficients[1] * (first >> 32))
            + (coefficients[2] * (uint)second)
            + (coefficients[3] * (second >> 32));
}
