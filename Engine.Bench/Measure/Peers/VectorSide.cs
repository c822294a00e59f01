using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// The least that reading bytes can cost: vectors of 32 bytes are loaded and added, four at a time, and nothing else. What a
/// checksum is measured against where memory, and not arithmetic, is to be the limit.
/// </summary>
internal sealed class VectorSide : ISide
{
    private const int Length = 65_536;
    private const int Repetition = 64;
    private const int Step = 128;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);

    private readonly Work _work;

    public VectorSide(Work work)
    {
        _work = work;
        new Random(Length).NextBytes(_bytes);
    }

    public Repetitions? Prepare() => _work.Name == "checksum-65536" ? new Repetitions(Add, Repetition) : null;

    public void Dispose()
    {
    }

    private void Add(int count)
    {
        Vector256<uint> sum = default;
        for (int i = 0; i < count; i++)
        {
            sum += Sum(_bytes.AsSpan(0, Length));
        }

        if (sum == Vector256<uint>.AllBitsSet)
        {
            throw new BenchException("Random bytes do not add up to ones everywhere.");
        }
    }

    private static Vector256<uint> Sum(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        Vector256<uint> first = default;
        Vector256<uint> second = default;
        Vector256<uint> third = default;
        Vector256<uint> fourth = default;
        for (nuint place = 0; place < (nuint)bytes.Length; place += Step)
        {
            first += Vector256.LoadUnsafe(ref start, place).AsUInt32();
            second += Vector256.LoadUnsafe(ref start, place + 32).AsUInt32();
            third += Vector256.LoadUnsafe(ref start, place + 64).AsUInt32();
            fourth += Vector256.LoadUnsafe(ref start, place + 96).AsUInt32();
        }

        return first + second + third + fourth;
    }
}
