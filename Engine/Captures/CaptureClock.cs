namespace Engine.Mbufs.Wire;

/// <summary>
/// How an interface of a pcapng section counts time: units of a second since the Unix epoch, and seconds to add.
/// </summary>
/// <param name="unitsPerSecond">1 or more.</param>
/// <param name="offset">Seconds.</param>
internal readonly struct CaptureClock(ulong unitsPerSecond, long offset)
{
    private const uint NanosecondsPerSecond = 1_000_000_000;
    private const int BinaryMark = 0x80;
    private const int MostDecimal = 19;
    private const int MostBinary = 63;

    private readonly ulong _unitsPerSecond = unitsPerSecond;
    private readonly long _offset = offset;

    /// <summary>What an interface counts that says nothing: microseconds.</summary>
    public static CaptureClock Default => new(1_000_000, 0);

    /// <summary>
    /// The units per second of an if_tsresol option: a power of 10 or, with the highest bit set, of 2. False for more than 64
    /// bits count in a second.
    /// </summary>
    public static bool TryResolve(byte resolution, out ulong unitsPerSecond)
    {
        int exponent = resolution & ~BinaryMark;
        bool isBinary = (resolution & BinaryMark) != 0;
        unitsPerSecond = 1;
        if (exponent > (isBinary ? MostBinary : MostDecimal))
        {
            return false;
        }

        for (int i = 0; i < exponent; i++)
        {
            unitsPerSecond *= isBinary ? 2u : 10u;
        }

        return true;
    }

    /// <summary>The same clock with other units.</summary>
    public CaptureClock WithUnits(ulong unitsPerSecond) => new(unitsPerSecond, _offset);

    /// <summary>The same clock with other seconds to add.</summary>
    public CaptureClock WithOffset(long offset) => new(_unitsPerSecond, offset);

    /// <summary>
    /// Nanoseconds since the Unix epoch, rounded down. False for a time before it, or one that 64 bits do not hold (2554).
    /// </summary>
    public bool TryConvert(ulong time, out ulong nanoseconds)
    {
        (ulong seconds, ulong fraction) = Math.DivRem(time, _unitsPerSecond);

        // The usual units take no division of 128 bits.
        ulong behind = _unitsPerSecond switch
        {
            1_000_000 => fraction * 1000,
            NanosecondsPerSecond => fraction,
            _ => (ulong)((UInt128)fraction * NanosecondsPerSecond / _unitsPerSecond),
        };
        Int128 total = (((Int128)seconds + _offset) * NanosecondsPerSecond) + behind;
        bool fits = total >= 0 && total <= ulong.MaxValue;
        nanoseconds = fits ? (ulong)total : 0;
        return fits;
    }
}
