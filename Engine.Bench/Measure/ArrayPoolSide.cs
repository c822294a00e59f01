using System.Buffers;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// What a .NET program does without the engine: buffers of 2 KiB from the shared array pool, without header, headroom or chain.
/// </summary>
internal sealed class ArrayPoolSide : ISide
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly byte[][] _burst = new byte[Work.Burst][];

    public Repetitions? Prepare(string work) => work switch
    {
        "alloc-free" => new Repetitions(RentReturn, Repetition),
        "burst32" => new Repetitions(Burst, Repetition),
        _ => null,
    };

    public void Dispose()
    {
    }

    private void RentReturn(int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Burst(int count)
    {
        for (int i = 0; i < count; i += _burst.Length)
        {
            for (int k = 0; k < _burst.Length; k++)
            {
                _burst[k] = ArrayPool<byte>.Shared.Rent(BufferLength);
            }

            foreach (byte[] buffer in _burst)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
