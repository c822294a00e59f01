using System.Buffers;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// A <see cref="ReadOnlySequence{T}"/> over arrays of the shared pool: an object for each segment, and nobody who counts them.
/// </summary>
internal sealed class SequenceSide : ISide
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly Work _work;
    private readonly byte[] _payload = new byte[Work.PayloadLength];
    private readonly byte[] _bytes = new byte[Work.FullLength];
    private ReadOnlySequence<byte> _sequence;

    public SequenceSide(Work work)
    {
        _work = work;
    }

    public Repetitions? Prepare() => _work.Name switch
    {
        "chain4" => new Repetitions(Chain, Repetition),
        "chain4-linearize" => new Repetitions(ChainLinearize, Repetition),
        "copy-out-1500x4" => Over(Work.Segments, Work.SegmentLength, Work.FullLength),
        "parse-54x2" => Over(2, Work.ParsedFirst, Work.ParsedLength),
        _ => null,
    };

    public void Dispose()
    {
    }

    /// <summary>A new segment of a length, behind another one.</summary>
    private static Segment Rent(Segment? before, int length)
    {
        var segment = new Segment(ArrayPool<byte>.Shared.Rent(BufferLength), length);
        before?.Link(segment);
        return segment;
    }

    private static void Return(Segment first)
    {
        for (Segment? segment = first; segment is not null; segment = (Segment?)segment.Next)
        {
            ArrayPool<byte>.Shared.Return(segment.Array);
        }
    }

    private void Chain(int count)
    {
        ReadOnlySpan<byte> payload = _payload;
        for (int i = 0; i < count; i++)
        {
            Segment first = Rent(null, Work.PayloadLength);
            payload[..Work.PayloadLength].CopyTo(first.Array);
            Segment last = first;
            for (int k = 1; k < Work.Segments; k++)
            {
                last = Rent(last, Work.PayloadLength);
                payload[..Work.PayloadLength].CopyTo(last.Array);
            }

            _sequence = new ReadOnlySequence<byte>(first, 0, last, Work.PayloadLength);
            Return(first);
        }
    }

    private void ChainLinearize(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Segment first = Rent(null, Work.SegmentLength);
            Segment last = first;
            for (int k = 1; k < Work.Segments; k++)
            {
                last = Rent(last, Work.SegmentLength);
            }

            var sequence = new ReadOnlySequence<byte>(first, 0, last, Work.SegmentLength);
            byte[] linear = ArrayPool<byte>.Shared.Rent(Work.FullLength);
            sequence.CopyTo(linear);
            ArrayPool<byte>.Shared.Return(linear);
            Return(first);
        }
    }

    /// <summary>The first bytes of a sequence that stays, copied out.</summary>
    private Repetitions Over(int segments, int length, int wanted)
    {
        Segment first = Rent(null, length);
        Segment last = first;
        for (int k = 1; k < segments; k++)
        {
            last = Rent(last, length);
        }

        _sequence = new ReadOnlySequence<byte>(first, 0, last, length);
        return new Repetitions(count => CopyOut(count, wanted), Repetition);
    }

    private void CopyOut(int count, int wanted)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySequence<byte> sequence = wanted == _sequence.Length ? _sequence : _sequence.Slice(0, wanted);
            sequence.CopyTo(_bytes);
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] array, int length)
        {
            Array = array;
            Memory = array.AsMemory(0, length);
        }

        public byte[] Array { get; }

        public void Link(Segment next)
        {
            next.RunningIndex = RunningIndex + Memory.Length;
            Next = next;
        }
    }
}
