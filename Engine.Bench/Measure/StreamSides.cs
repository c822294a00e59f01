using System.Buffers;
using System.IO.Pipelines;

using Engine.Mbufs.Bench.Operations;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// A <see cref="Pipe"/>, written, flushed and read on one thread: a queue of bytes without headroom, sharing or packets.
/// </summary>
internal sealed class PipeSide : ISide
{
    private const int Repetition = 8192;

    // The pool's blocks: asking for a whole one starts a new segment.
    private const int BlockLength = 4096;

    private readonly Operation _work;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly byte[] _bytes = new byte[Sizes.FullLength];

    public PipeSide(Operation work)
    {
        _work = work;
        new Random(1).NextBytes(_bytes);
    }

    public Repetitions? Prepare() => _work.Name switch
    {
        "copy-1500" => Checked(Copy, 1),
        "chain4" => Checked(Chain, Sizes.Segments),
        _ => null,
    };

    public void Dispose()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
    }

    private void Copy(int count)
    {
        for (int i = 0; i < count; i++)
        {
            WriteOne();
            Read();
        }
    }

    private void WriteOne()
    {
        _bytes.CopyTo(_pipe.Writer.GetSpan(_bytes.Length));
        _pipe.Writer.Advance(_bytes.Length);
        Flush();
    }

    private void Chain(int count)
    {
        for (int i = 0; i < count; i++)
        {
            WriteFour();
            Read();
        }
    }

    private void WriteFour()
    {
        ReadOnlySpan<byte> payload = _bytes;
        for (int i = 0; i < Sizes.Segments; i++)
        {
            payload[..Sizes.PayloadLength].CopyTo(_pipe.Writer.GetSpan(BlockLength));
            _pipe.Writer.Advance(Sizes.PayloadLength);
        }

        Flush();
    }

    private void Flush()
    {
        ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully || flush.Result.IsCompleted)
        {
            throw new BenchException("A pipe without a threshold made its writer wait.");
        }
    }

    private void Read()
    {
        if (!_pipe.Reader.TryRead(out ReadResult read))
        {
            throw new BenchException("A pipe lost what was written into it.");
        }

        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }

    private Repetitions Checked(Action<int> work, int segments)
    {
        if (segments == 1)
        {
            WriteOne();
        }
        else
        {
            WriteFour();
        }

        int length = segments == 1 ? Sizes.FullLength : segments * Sizes.PayloadLength;
        if (!_pipe.Reader.TryRead(out ReadResult read) || read.Buffer.Length != length)
        {
            throw new BenchException("A pipe's results are wrong.");
        }

        int found = 0;
        foreach (ReadOnlyMemory<byte> segment in read.Buffer)
        {
            found += segment.IsEmpty ? 0 : 1;
        }

        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return found == segments
            ? new Repetitions(work, Repetition)
            : throw new BenchException("A pipe's layout is not as meant.");
    }
}

/// <summary>
/// A <see cref="ReadOnlySequence{T}"/> over arrays of the shared pool: an object for each segment, and nobody who counts them.
/// </summary>
internal sealed class SequenceSide(Operation work) : ISide
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly Operation _work = work;
    private readonly byte[] _payload = new byte[Sizes.PayloadLength];
    private readonly byte[] _bytes = new byte[Sizes.FullLength];
    private ReadOnlySequence<byte> _sequence;

    public Repetitions? Prepare() => _work.Name switch
    {
        "chain4" => new Repetitions(Chain, Repetition),
        "chain4-linearize" => new Repetitions(ChainLinearize, Repetition),
        "copy-out-1500x4" => Over(Sizes.Segments, Sizes.SegmentLength, Sizes.FullLength),
        "parse-54x2" => Over(2, Sizes.ParsedFirst, Sizes.ParsedLength),
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
            Segment first = Rent(null, Sizes.PayloadLength);
            payload[..Sizes.PayloadLength].CopyTo(first.Array);
            Segment last = first;
            for (int k = 1; k < Sizes.Segments; k++)
            {
                last = Rent(last, Sizes.PayloadLength);
                payload[..Sizes.PayloadLength].CopyTo(last.Array);
            }

            _sequence = new ReadOnlySequence<byte>(first, 0, last, Sizes.PayloadLength);
            Return(first);
        }
    }

    private void ChainLinearize(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Segment first = Rent(null, Sizes.SegmentLength);
            Segment last = first;
            for (int k = 1; k < Sizes.Segments; k++)
            {
                last = Rent(last, Sizes.SegmentLength);
            }

            var sequence = new ReadOnlySequence<byte>(first, 0, last, Sizes.SegmentLength);
            byte[] linear = ArrayPool<byte>.Shared.Rent(Sizes.FullLength);
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
