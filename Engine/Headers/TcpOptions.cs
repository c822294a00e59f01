using System.Buffers.Binary;

namespace Engine.Mbufs.Wire;

/// <summary>
/// A view of the options of a TCP header (RFC 9293, section 3.2), to be walked over with <c>foreach</c>. Nothing is copied.
/// </summary>
/// <remarks>
/// <see cref="TcpHeader.OptionList"/> gives one. A walk ends at the end of the list, with the bytes, or before an option that is
/// malformed: whose length is less than 2 or more than there are bytes. The default value has no options.
/// Valid as long as the span that it was made of.
/// </remarks>
public readonly ref struct TcpOptions
{
    private const int SizeOfTimestamps = 2 * sizeof(uint);

    /// <summary>Looks at some bytes as options.</summary>
    /// <param name="bytes">The bytes of all options, padding included; in a header there are 0 to 40.</param>
    public TcpOptions(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The bytes of all options, padding included. O(1).</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>A walk over the options ends before a malformed one. O(bytes).</summary>
    public bool IsMalformed
    {
        get
        {
            Enumerator walk = GetEnumerator();
            while (walk.MoveNext())
            {
            }

            return walk.IsMalformed;
        }
    }

    /// <summary>Begins a walk over the options; <c>foreach</c> calls it. O(1).</summary>
    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>The largest segment that the sender wants to receive (RFC 9293, section 3.7.1).</summary>
    /// <param name="size">Bytes; 0 on failure.</param>
    /// <returns>False if there is no such option of the right length before a malformed one. The first one counts.</returns>
    /// <remarks>O(bytes). Never throws.</remarks>
    public bool TryGetMaximumSegmentSize(out ushort size)
    {
        bool found = TryFind(TcpOptionKind.MaximumSegmentSize, sizeof(ushort), out ReadOnlySpan<byte> data);
        size = found ? BinaryPrimitives.ReadUInt16BigEndian(data) : (ushort)0;
        return found;
    }

    /// <summary>By how many bits the sender's windows are shifted (RFC 7323, section 2.2).</summary>
    /// <param name="shift">Bits, as sent: more than 14 are to be taken for 14 (section 2.3); 0 on failure.</param>
    /// <returns>False if there is no such option of the right length before a malformed one. The first one counts.</returns>
    /// <remarks>O(bytes). Never throws.</remarks>
    public bool TryGetWindowScale(out byte shift)
    {
        bool found = TryFind(TcpOptionKind.WindowScale, sizeof(byte), out ReadOnlySpan<byte> data);
        shift = found ? data[0] : (byte)0;
        return found;
    }

    /// <summary>The sender's clock, and what it saw last of the receiver's (RFC 7323, section 3.2).</summary>
    /// <param name="value">The sender's clock (TSval); 0 on failure.</param>
    /// <param name="echoReply">The clock of the other that it answers (TSecr); 0 on failure.</param>
    /// <returns>False if there is no such option of the right length before a malformed one. The first one counts.</returns>
    /// <remarks>O(bytes). Never throws.</remarks>
    public bool TryGetTimestamps(out uint value, out uint echoReply)
    {
        bool found = TryFind(TcpOptionKind.Timestamps, SizeOfTimestamps, out ReadOnlySpan<byte> data);
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(data) : 0;
        echoReply = found ? BinaryPrimitives.ReadUInt32BigEndian(data[sizeof(uint)..]) : 0;
        return found;
    }

    private bool TryFind(TcpOptionKind kind, int length, out ReadOnlySpan<byte> data)
    {
        foreach (TcpOption option in this)
        {
            if (option.Kind == kind && option.Data.Length == length)
            {
                data = option.Data;
                return true;
            }
        }

        data = default;
        return false;
    }

    /// <summary>A walk over options, from the first to the last.</summary>
    public ref struct Enumerator
    {
        private const int SizeOfKindAndLength = 2;

        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _rest = bytes;

        /// <summary>The option that the walk is at; before the first and behind the last the default value. O(1).</summary>
        public TcpOption Current { get; private set; }

        /// <summary>The walk has ended, before a malformed option. O(1).</summary>
        public bool IsMalformed { get; private set; }

        /// <summary>Goes to the next option. <see cref="TcpOptionKind.NoOperation"/> is one.</summary>
        /// <returns>False if there is none, or if it is malformed.</returns>
        /// <remarks>O(1). Never throws.</remarks>
        public bool MoveNext()
        {
            Current = default;
            if (_rest.IsEmpty || (TcpOptionKind)_rest[0] == TcpOptionKind.EndOfList)
            {
                _rest = default;
                return false;
            }

            int length = LengthOfNext();
            if (length > _rest.Length)
            {
                IsMalformed = true;
                _rest = default;
                return false;
            }

            Current = new TcpOption((TcpOptionKind)_rest[0], length == 1 ? default : _rest[SizeOfKindAndLength..length]);
            _rest = _rest[length..];
            return true;
        }

        /// <summary>Kind, length and data; more than there are if the option is malformed.</summary>
        private readonly int LengthOfNext()
        {
            if ((TcpOptionKind)_rest[0] == TcpOptionKind.NoOperation)
            {
                return 1;
            }

            return _rest.Length < SizeOfKindAndLength || _rest[1] < SizeOfKindAndLength ? int.MaxValue : _rest[1];
        }
    }
}
