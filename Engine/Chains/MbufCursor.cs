using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A place that moves forward through a chain: what readers, writers and visits have in common. No span is kept, so that
/// every step makes the checks that a position makes.
/// </summary>
internal ref struct MbufCursor
{
    private readonly MbufChain _chain;
    private uint _index;
    private uint _generation;
    private int _start;
    private int _offset;

    /// <param name="chain">A chain whose claim was verified; the cursor is at its first byte.</param>
    public MbufCursor(MbufChain chain)
    {
        _chain = chain;
        MoveToStart();
    }

    public readonly MbufChain Chain => _chain;

    public readonly ArenaMemory Memory => _chain.Cache.Hot.Memory;

    /// <summary>The offset in the data of the mbuf that <see cref="Here"/> gave.</summary>
    public readonly int Offset => _offset;

    /// <summary>Bytes before the cursor, as counted on its way.</summary>
    public readonly int Position => _start + _offset;

    /// <summary>Bytes before the cursor, as they are now.</summary>
    public readonly int PositionNow => _chain.BytesBefore(_index) + _offset;

    /// <summary>True for a count, which must not be negative, of no more than there are.</summary>
    public static bool IsInside(string parameter, int count, int most)
    {
        if (count < 0)
        {
            ThrowHelper.Negative(parameter, count);
        }

        return count <= most;
    }

    /// <summary>
    /// Goes to a place, counted from the chain's start as it is now, that the chain has: its end at most.
    /// </summary>
    public void MoveTo(int position)
    {
        MoveToStart();
        Move(position);
    }

    /// <summary>Goes forward by a number of bytes that the chain has.</summary>
    public void Move(int count)
    {
        while (count > 0)
        {
            ref MbufHeader header = ref Here();
            count -= Take(ref header, count);
        }
    }

    /// <summary>
    /// The header of the mbuf that holds the next byte, at <see cref="Offset"/> in its data; at the end of the chain the one
    /// that holds the last byte, or the first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref MbufHeader Here()
    {
        ref MbufHeader header = ref _chain.VerifiedMbuf(_index, _generation, _offset);
        if (_offset == header.SegmentLength)
        {
            return ref NextWithData(ref header);
        }

        return ref header;
    }

    /// <summary>
    /// Goes over the bytes of the mbuf that <see cref="Here"/> gave, and as many as there are of the wanted ones.
    /// </summary>
    /// <returns>How many were gone over: 1 or more.</returns>
    public int Take(ref MbufHeader here, int wanted)
    {
        int count = Math.Min(wanted, here.SegmentLength - _offset);
        if (count == 0)
        {
            ThrowHelper.StalePosition(); // The chain has become shorter since the bytes were counted.
        }

        _offset += count;
        return count;
    }

    /// <summary>Copies the next bytes, which the chain has, and goes over them.</summary>
    public void Read(scoped Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ref MbufHeader header = ref Here();
            int at = _offset;
            int count = Take(ref header, destination.Length);
            Memory.Bytes(header.Data + at, count).CopyTo(destination);
            destination = destination[count..];
        }
    }

    /// <summary>Goes over bytes that are known to lie in the mbuf that <see cref="Here"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count) => _offset += count;

    private void MoveToStart()
    {
        _index = _chain.Index;
        _generation = _chain.VerifiedHead().Generation;
        _start = 0;
        _offset = 0;
    }

    /// <summary>Only over empty mbufs that have data behind them: bytes to come may be put into the others.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref MbufHeader NextWithData(ref MbufHeader header)
    {
        uint next = header.Next;
        while (next != 0 && _chain.MbufAt(next).SegmentLength == 0)
        {
            next = _chain.MbufAt(next).Next;
        }

        if (next == 0)
        {
            return ref header;
        }

        _start += header.SegmentLength;
        _offset = 0;
        _index = next;
        ref MbufHeader found = ref _chain.MbufAt(next);
        _generation = found.Generation;
        return ref found;
    }
}
