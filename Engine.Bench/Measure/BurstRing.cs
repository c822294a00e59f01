using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>
/// A ring of bursts between one writing and one reading thread. Each side remembers how far it saw the other, so that the other's
/// line moves only when that is used up. The other side of <c>versus</c> has the same one, in C.
/// </summary>
/// <remarks>Bursts are all of one length, of which the capacity is a multiple: none wraps around.</remarks>
internal sealed class BurstRing<T>
{
    private readonly T[] _slots;
    private RingCounter _writer;
    private RingCounter _reader;

    public BurstRing(int capacity)
    {
        _slots = new T[capacity];
    }

    /// <summary>False if there is no room for the burst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ReadOnlySpan<T> burst)
    {
        long end = _writer.Own + burst.Length;
        if (end - _writer.SeenOfOther > _slots.Length)
        {
            _writer.SeenOfOther = Volatile.Read(ref _reader.Own);
            if (end - _writer.SeenOfOther > _slots.Length)
            {
                return false;
            }
        }

        burst.CopyTo(Burst(_writer.Own, burst.Length));
        Volatile.Write(ref _writer.Own, end);
        return true;
    }

    /// <summary>False if no burst is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(Span<T> burst)
    {
        long end = _reader.Own + burst.Length;
        if (end > _reader.SeenOfOther)
        {
            _reader.SeenOfOther = Volatile.Read(ref _writer.Own);
            if (end > _reader.SeenOfOther)
            {
                return false;
            }
        }

        Burst(_reader.Own, burst.Length).CopyTo(burst);
        Volatile.Write(ref _reader.Own, end);
        return true;
    }

    private Span<T> Burst(long position, int length) => _slots.AsSpan((int)(position & (_slots.Length - 1)), length);
}
