using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Wire;

/// <summary>
/// The stream that a capture is read from: what is asked for is read completely, and no byte more, so that nothing is waited
/// for that is not needed. Knows which part of the capture is being read, for messages.
/// </summary>
internal sealed class CaptureInput(Stream stream, bool leaveOpen) : IDisposable
{
    private const int ScratchSize = 4096;

    private readonly Stream _stream = stream;
    private readonly byte[] _scratch = new byte[ScratchSize];
    private string _part = "capture";
    private long _partStart;
    private long _settled;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// Bytes were read that nobody settled: reading ended with an exception, and where the next record starts is not known.
    /// </summary>
    public bool IsAmid => Position != _settled;

    /// <summary>Says what is read from here on.</summary>
    public void Begin(string part)
    {
        _part = part;
        _partStart = Position;
        EndRecord();
    }

    /// <summary>Says more exactly what began where <see cref="Begin"/> was called.</summary>
    public void Name(string part) => _part = part;

    /// <summary>What was read so far is understood: reading may go on from here.</summary>
    public void EndRecord() => _settled = Position;

    /// <summary>The next bytes, valid until the next call; they must be there.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        Debug.Assert(length <= ScratchSize, "What is read at once is a header of a few bytes.");
        Fill(_scratch.AsSpan(0, length));
        return _scratch.AsSpan(0, length);
    }

    /// <summary>The next bytes, valid until the next call; false if the stream ends here.</summary>
    public bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        Span<byte> scratch = _scratch.AsSpan(0, length);
        int count = Read(scratch);
        if (count != 0 && count < length)
        {
            ThrowCutOff(length - count);
        }

        bytes = scratch[..count];
        return count != 0;
    }

    /// <summary>Reads bytes to where they are needed; they must be there.</summary>
    public void Fill(scoped Span<byte> destination)
    {
        int count = Read(destination);
        if (count < destination.Length)
        {
            ThrowCutOff(destination.Length - count);
        }
    }

    /// <summary>Reads bytes that nobody needs; they must be there.</summary>
    public void Skip(long length)
    {
        while (length > 0)
        {
            int piece = (int)Math.Min(length, ScratchSize);
            Fill(_scratch.AsSpan(0, piece));
            length -= piece;
        }
    }

    /// <summary>
    /// Throws if a stream that knows its length ends before this many bytes: a claim is not granted memory where it can be
    /// checked.
    /// </summary>
    public void Require(int length)
    {
        if (_stream.CanSeek && _stream.Length - _stream.Position < length)
        {
            ThrowCutOff(length - Math.Max(0, _stream.Length - _stream.Position));
        }
    }

    /// <summary>The exception that the part of the capture that is being read is not what it should be.</summary>
    /// <param name="wrong">What is wrong with it, a sentence.</param>
    /// <param name="right">What would be right, a sentence.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public InvalidDataException Refusal(string wrong, string right)
        => new($"The {_part} at byte {_partStart} of the capture is malformed: {wrong} {right}");

    /// <summary>The exception that reading cannot go on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public InvalidOperationException Lost() => new(
        $"An earlier read ended with an exception in the middle of the {_part} at byte {_partStart} of the capture: where the " +
        "next packet starts is not known. Dispose of the reader.");

    public void Dispose()
    {
        if (!leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private int Read(scoped Span<byte> destination)
    {
        int count = 0;
        while (count < destination.Length)
        {
            int read = _stream.Read(destination[count..]);
            if (read <= 0)
            {
                break;
            }

            count += read;
            Position += read;
        }

        return count;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowCutOff(long missing) => throw new InvalidDataException(
        $"The capture ends at byte {Position}, in the middle of the {_part} at byte {_partStart}: " +
        $"at least {missing} more bytes should follow.");
}
