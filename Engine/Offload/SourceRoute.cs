namespace Engine.Mbufs.Wire;

/// <summary>
/// The loose and strict source routes of IPv4 (RFC 791, section 3.1): while one is not used up, the header's destination is the
/// next stop, and the final one is the last of the list. Transport checksums include the final one.
/// </summary>
internal static class SourceRoute
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte Loose = 131;
    private const byte Strict = 137;
    private const int PlaceOfPointer = 2;
    private const int Smallest = 3;
    private const int SmallestPointer = 4;

    /// <summary>Sum of the words of the final destination's address, in the processor's order.</summary>
    public static ulong SumOfFinalDestination(MbufChain chain, int offset, int headerLength)
    {
        NetworkLayout.Scratch scratch = default;
        ReadOnlySpan<byte> header = chain.BytesAt(offset, headerLength, scratch);
        return ChecksumKernel.SumScalar(FindFinal(header[IPv4Header.Size..], header.Slice(IPv4Header.PlaceOfDestination, sizeof(uint))));
    }

    private static ReadOnlySpan<byte> FindFinal(ReadOnlySpan<byte> options, ReadOnlySpan<byte> destination)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length < 1 || length > options.Length || (options[0] != NoOperation && length < 2))
            {
                break; // Malformed: what the header says stands.
            }

            bool isRoute = options[0] is Loose or Strict && length >= Smallest + sizeof(uint);
            if (isRoute && options[PlaceOfPointer] >= SmallestPointer && options[PlaceOfPointer] <= length)
            {
                return options.Slice(length - sizeof(uint), sizeof(uint));
            }

            options = options[length..];
        }

        return destination;
    }
}
