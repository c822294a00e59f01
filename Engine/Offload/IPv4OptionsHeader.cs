using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// IPv4 headers with options: the first fragment has them all, the others those that ask for it (RFC 791, section 3.1).
/// </summary>
internal struct IPv4OptionsHeader : IPartHeader
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte CopiedBit = 0x80;

    private readonly IPv4FragmentHeader _header;
    private NetworkLayout.Scratch _options;
    private int _optionsLength;

    /// <param name="header">The packet's header, options included.</param>
    /// <param name="layout">The same, parsed.</param>
    public IPv4OptionsHeader(ReadOnlySpan<byte> header, in NetworkLayout layout)
        => _header = new IPv4FragmentHeader(header, layout);

    /// <summary>Bytes of the header of each fragment but the first.</summary>
    public readonly int LaterLength => IPv4Header.Size + _optionsLength;

    public readonly void WriteLater(Span<byte> header, ReadOnlySpan<byte> original, int offset, int length, bool isLast)
    {
        ReadOnlySpan<byte> options = _options[.._optionsLength];
        uint lost = (uint)(original.Length - header.Length) / sizeof(uint);
        options.CopyTo(header[IPv4Header.Size..]);
        _header.Write(header, lost, SumOf(options), offset, length, isLast);
    }

    public readonly void WriteFirst(Span<byte> header, int length, bool isLast)
        => _header.Write(header, 0, SumOf(header[IPv4Header.Size..]), 0, length, isLast);

    /// <summary>Gathers the options that belong into every fragment, filled up to whole words.</summary>
    /// <returns>False if the options do not end where they should.</returns>
    public bool TryReadOptions(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length > options.Length || length < (options[0] == NoOperation ? 1 : 2))
            {
                return false;
            }

            if ((options[0] & CopiedBit) != 0)
            {
                options[..length].CopyTo(_options[_optionsLength..]);
                _optionsLength += length;
            }

            options = options[length..];
        }

        _optionsLength = (_optionsLength + sizeof(uint) - 1) & -sizeof(uint); // What fills up is zero: the end of options.
        return true;
    }

    private static ulong SumOf(ReadOnlySpan<byte> words)
    {
        ulong sum = 0;
        for (; !words.IsEmpty; words = words[sizeof(uint)..])
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(words);
        }

        return sum;
    }
}
