namespace Proxy;

/// <summary>
/// How much the next read of a socket asks for. A request of a few hundred bytes should not take thirty clusters out of the
/// magazines and put them back, and a download should not be cut into pieces of 2 KiB, each with a system call to read and one
/// to write it. So the size follows the traffic: a read that is filled quadruples it, two in a row that use less than a quarter
/// quarter it.
/// </summary>
internal static class ReadSize
{
    /// <summary>One cluster.</summary>
    public const int Smallest = 2 << 10;

    /// <summary>From here on a read takes clusters of 16 KiB: fewer pieces, of which each costs the kernel a little.</summary>
    public const int Large = 128 << 10;

    /// <summary>
    /// Where system calls have become cheap beside the copies that they make, and all of it still is in a second-level cache when
    /// it is written.
    /// </summary>
    public const int Largest = 256 << 10;

    private const int Growth = 4;
    private const byte SmallReadsToShrink = 2;

    public static void Adapt(ref Endpoint source, int received, int largest)
    {
        if (received >= source.ReadBytes)
        {
            source.SmallReads = 0;
            source.ReadBytes = Math.Min(source.ReadBytes * Growth, largest);
        }
        else if (received >= source.ReadBytes / 4 || source.ReadBytes == Smallest)
        {
            source.SmallReads = 0;
        }
        else if (++source.SmallReads == SmallReadsToShrink)
        {
            source.SmallReads = 0;
            source.ReadBytes = Math.Max(source.ReadBytes / Growth, Smallest);
        }
    }
}
