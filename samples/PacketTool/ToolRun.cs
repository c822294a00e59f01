using Engine.Mbufs;
using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>A capture from its first packet to its last.</summary>
internal sealed class ToolRun(ToolOptions options, TextWriter output)
{
    private const int BufferSize = 1 << 16;

    private readonly Tallies _tallies = new();
    private CaptureSink? _sink;
    private MbufReassemblyStatistics? _reassembled;
    private int _incomplete;
    private int _left;

    /// <summary>Reads, works and writes; reports also what was done before something went wrong.</summary>
    /// <exception cref="IOException">A file cannot be opened, read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="InvalidDataException">The capture is malformed.</exception>
    /// <exception cref="ToolException">The run cannot go on.</exception>
    public void Run()
    {
        using Stream input = options.Input == ToolOptions.StandardInput
            ? new BufferedStream(Console.OpenStandardInput(), BufferSize)
            : new FileStream(options.Input, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferSize);
        using var reader = new MbufCaptureReader(input);
        using CaptureSink? sink = options.Output is null ? null : new CaptureSink(
            new FileStream(options.Output, FileMode.Create, FileAccess.Write, FileShare.Read, BufferSize),
            options.StripLink,
            options.Nanoseconds ? MbufCaptureResolution.Nanoseconds : MbufCaptureResolution.Microseconds);
        _sink = sink;
        using MbufArena arena = PacketMemory.Reserve();
        try
        {
            Work(arena, reader);
        }
        finally
        {
            _left = arena.LiveMbufs;
            Report.Write(output, options, _tallies, sink, _reassembled, _incomplete);
        }

        if (_left != 0)
        {
            throw new ToolException($"{_left} mbufs were not given back, which is a bug of this program");
        }
    }

    private void Work(MbufArena arena, MbufCaptureReader reader)
    {
        using var pipeline = new PacketPipeline(arena, options, _tallies, _sink, output);
        using MbufScope mbufs = arena.Enter();
        try
        {
            while (TryRead(reader, mbufs, out MbufChain frame, out FrameInfo info))
            {
                pipeline.Process(mbufs, frame, info);
            }

            _sink?.Begin(reader.LinkType);
        }
        finally
        {
            _incomplete = pipeline.End(mbufs);
            _reassembled = pipeline.Reassembled;
        }
    }

    private bool TryRead(MbufCaptureReader reader, in MbufScope mbufs, out MbufChain frame, out FrameInfo info)
    {
        MbufCaptureStatus status = reader.Read(mbufs, out frame);
        info = default;
        if (status == MbufCaptureStatus.Exhausted)
        {
            throw new ToolException(
                $"frame {_tallies.FramesRead + 1} has {reader.CapturedLength} bytes, for which there is no memory");
        }

        if (status == MbufCaptureStatus.End)
        {
            return false;
        }

        _tallies.FramesRead++;
        _tallies.BytesRead += frame.Length;
        info = new FrameInfo(
            _tallies.FramesRead, reader.LinkType, reader.Timestamp, reader.OriginalLength - reader.CapturedLength);
        _tallies.FramesTruncated += info.IsTruncated ? 1 : 0;
        return true;
    }
}
