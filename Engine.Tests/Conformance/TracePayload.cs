namespace Engine.Mbufs.Tests.Conformance;

/// <summary>The bytes that traces name by a seed, and the hash that results name bytes by.</summary>
internal static class TracePayload
{
    private const uint SeedInsteadOfZero = 0x9E37_79B9;

    /// <summary>Xorshift, of each state the low byte.</summary>
    public static byte[] Pattern(uint seed, int length)
    {
        byte[] bytes = new byte[length];
        uint state = seed == 0 ? SeedInsteadOfZero : seed;
        foreach (ref byte next in bytes.AsSpan())
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            next = (byte)state;
        }

        return bytes;
    }

    public static string Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = new TraceHash();
        hash.Add(bytes);
        return hash.ToString();
    }

    /// <summary>The bytes of a whole chain.</summary>
    public static string Hash(MbufChain chain)
    {
        var hash = new TraceHash();
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            hash.Add(segment);
        }

        return hash.ToString();
    }
}
