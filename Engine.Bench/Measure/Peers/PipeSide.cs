using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// A <see cref="Pipe"/>, written, flushed and read on one thread: a queue of bytes without headroom, sharing or packets.
/// </summary>
internal sealed class PipeSide : ISide
{
    private const int Repetition = 8192;

    // The pool's blocks: asking for a whole one starts a new segment.
    private const int BlockLength = 4096;

    private readonly Work _work;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly byte[] _bytes = new byte[Work.FullLength];

    public PipeSide(Work work)
    {
        _work = work;
        new Random(1).NextBytes(_bytes);
    }

    public Repetitions? Prepare() => _work.Name switch
    {
        "copy-1500" => Checked(Copy, 1),
        "chain4" => Checked(Chain, Work.Segments),
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
        for (int i = 0; i < Work.Segments; i++)
        {
            payload[..Work.PayloadLength].CopyTo(_pipe.Writer.GetSpan(BlockLength));
            _pipe.Writer.Advance(Work.PayloadLength);
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

        int length = segments == 1 ? Work.FullLength : segments * Work.PayloadLength;
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
