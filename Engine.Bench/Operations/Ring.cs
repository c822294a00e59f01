using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>
/// A ring between one writing and one reading thread: bounded, without locks, in bursts. Each side remembers how far it saw the
/// other, so that the other's line moves only when that is used up. The other side of <c>versus</c> has the same one, in C.
/// </summary>
/// <param name="capacity">Most items in it; a power of two.</param>
internal sealed class Ring<T>(int capacity)
{
    private readonly T[] _slots = new T[capacity];
    private RingCounter _writer;
    private RingCounter _reader;

    /// <summary>For the writer: true if so many items fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom(int count)
    {
        long end = _writer.Own + count;
        if (end - _writer.SeenOfOther > _slots.Length)
        {
            _writer.SeenOfOther = Volatile.Read(ref _reader.Own);
        }

        return end - _writer.SeenOfOther <= _slots.Length;
    }

    /// <summary>For the writer: puts items in; false if there is no room for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ReadOnlySpan<T> items)
    {
        if (!HasRoom(items.Length))
        {
            return false;
        }

        Span<T> slots = From(_writer.Own);
        if (items.Length <= slots.Length)
        {
            items.CopyTo(slots);
        }
        else
        {
            items[..slots.Length].CopyTo(slots);
            items[slots.Length..].CopyTo(_slots);
        }

        Volatile.Write(ref _writer.Own, _writer.Own + items.Length);
        return true;
    }

    /// <summary>For the reader: takes what there is, up to what fits.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(Span<T> items)
    {
        long own = _reader.Own;
        if (own + items.Length > _reader.SeenOfOther)
        {
            _reader.SeenOfOther = Volatile.Read(ref _writer.Own);
        }

        int count = (int)Math.Min(_reader.SeenOfOther - own, items.Length);
        if (count == 0)
        {
            return 0;
        }

        Span<T> slots = From(own);
        if (count <= slots.Length)
        {
            slots[..count].CopyTo(items);
        }
        else
        {
            slots.CopyTo(items);
            _slots.AsSpan(0, count - slots.Length).CopyTo(items[slots.Length..]);
        }

        Volatile.Write(ref _reader.Own, own + count);
        return count;
    }

    /// <summary>The slots from a position to where the ring wraps around.</summary>
    private Span<T> From(long position) => _slots.AsSpan((int)position & (_slots.Length - 1));
}

/// <summary>
/// What one side writes, apart from everything else by the two lines that a processor fetches at once.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct RingCounter
{
    /// <summary>How far the side is.</summary>
    [FieldOffset(128)]
    public long Own;

    /// <summary>How far it last saw the other side.</summary>
    [FieldOffset(136)]
    public long SeenOfOther;
}
