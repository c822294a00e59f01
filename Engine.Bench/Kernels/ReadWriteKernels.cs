namespace Engine.Mbufs.Bench.Kernels;

/// <summary>Readers and writers: numbers and bytes in order, whatever mbufs they lie in.</summary>
internal sealed class ReadWriteKernels : KernelSetting
{
    private const int Numbers = 10;

    private readonly AlignedBytes _destination = new(FrameLength);

    public static IReadOnlyList<Kernel> All { get; } =
    [
        Kernel.Of<ReadWriteKernels>("read-numbers", "ten 32-bit numbers read", static (on, count) => on.ReadNumbers(count)),
        Kernel.Of<ReadWriteKernels>(
            "read-1500x4", "1,500 bytes read over four segments",
            static (on, count) => on.ReadBytes(count)),
        Kernel.Of<ReadWriteKernels>(
            "seek-peek", "one number read ahead at byte 1,400 of four segments",
            static (on, count) => on.SeekPeek(count)),
        Kernel.Of<ReadWriteKernels>("write-numbers", "ten 32-bit numbers written", static (on, count) => on.WriteNumbers(count)),
        Kernel.Of<ReadWriteKernels>(
            "write-1500x4", "1,500 bytes written over four segments",
            static (on, count) => on.WriteBytes(count)),
    ];

    private void ReadNumbers(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            MbufReader reader = packet.GetReader();
            for (int k = 0; k < Numbers; k++)
            {
                Require(reader.TryReadUInt32BigEndian(out _));
            }
        }
    }

    private void ReadBytes(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        Span<byte> destination = _destination.Span;
        for (int i = 0; i < count; i++)
        {
            MbufReader reader = packet.GetReader();
            Require(reader.TryRead(destination));
        }
    }

    private void SeekPeek(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        for (int i = 0; i < count; i++)
        {
            MbufReader reader = packet.GetReader();
            Require(reader.TrySeek(1400) && reader.TryPeekUInt32BigEndian(out _));
        }
    }

    private void WriteNumbers(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, Work.PayloadLength);
        for (int i = 0; i < count; i++)
        {
            MbufWriter writer = packet.GetWriter();
            for (uint k = 0; k < Numbers; k++)
            {
                Require(writer.TryWriteUInt32BigEndian(k));
            }
        }
    }

    private void WriteBytes(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, 4, QuarterLength);
        ReadOnlySpan<byte> source = Payload(FrameLength);
        for (int i = 0; i < count; i++)
        {
            MbufWriter writer = packet.GetWriter();
            Require(writer.TryWrite(source));
        }
    }
}
