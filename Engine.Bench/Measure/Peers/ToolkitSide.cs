using CommunityToolkit.HighPerformance.Buffers;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// The community toolkit's owners: <see cref="SpanOwner{T}"/>, which allocates nothing, where a buffer does not outlive its
/// block; else <see cref="MemoryOwner{T}"/>, an object.
/// </summary>
internal sealed class ToolkitSide : ISide
{
    private const int Repetition = 8192;
    private const int BufferLength = 2048;

    private readonly Work _work;
    private readonly BufferSide<OwnerBuffer> _owners;
    private readonly byte[] _bytes = new byte[Work.FullLength];

    public ToolkitSide(Work work)
    {
        _work = work;
        _owners = new BufferSide<OwnerBuffer>(work);
    }

    public Repetitions? Prepare() => _work.Name switch
    {
        "alloc-free" => new Repetitions(RentReturn, Repetition),
        "copy-1500" => new Repetitions(Copy, Repetition),
        _ => _owners.Prepare(),
    };

    public void Dispose() => _owners.Dispose();

    private void RentReturn(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using SpanOwner<byte> buffer = SpanOwner<byte>.Allocate(BufferLength);
        }
    }

    private void Copy(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using SpanOwner<byte> copy = SpanOwner<byte>.Allocate(_bytes.Length);
            _bytes.CopyTo(copy.Span);
        }
    }
}
