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

    /// <summary>What <see cref="MbufHeader.Stamp"/> was when the cursor came to the mbuf.</summary>
    private uint _stamp;

    /// <summary>Where the next byte lies, from the arena's base; or where this mbuf's data end.</summary>
    private long _place;

    /// <param name="chain">A chain whose claim was verified; the cursor is at its first byte.</param>
    public MbufCursor(MbufChain chain)
    {
        _chain = chain;
        MoveToStart();
    }

    public readonly MbufChain Chain => _chain;

    public readonly RawMemory Memory => _chain.Cache.Hot.Memory.Raw;

    /// <summary>Where the next byte lies, from the arena's base; for who has asked <see cref="Here"/>.</summary>
    public readonly long Place => _place;

    /// <summary>Bytes before the cursor, as they are now. O(segments before).</summary>
    public readonly int Position
    {
        get
        {
            ref MbufHeader header = ref _chain.VerifiedMbuf(_index, _stamp, _place, out int left);
            return _chain.BytesBefore(_index) + header.SegmentLength - left;
        }
    }

    /// <summary>True while the cursor can be used; false once it is stale.</summary>
    public readonly bool IsAlive => _chain.IsOwned && _chain.IsPlace(_index, _stamp, _place);

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

    /// <summary>True if there are so many bytes from here on. O(segments that hold them).</summary>
    public bool Has(int count)
    {
        ref MbufHeader header = ref Here(out int left);
        while (left < count)
        {
            count -= left;
            if (header.Next == 0)
            {
                return false;
            }

            header = ref _chain.At(header.Next);
            left = header.SegmentLength;
        }

        return true;
    }

    /// <summary>Goes forward by a count, which must not be negative. False, and nowhere, if there are fewer bytes.</summary>
    public bool TryMove(string parameter, int count)
    {
        if (!IsInside(parameter, count, int.MaxValue) || !Has(count))
        {
            return false;
        }

        Move(count);
        return true;
    }

    /// <summary>Goes forward by a number of bytes that the chain has.</summary>
    public void Move(int count)
    {
        while (count > 0)
        {
            _ = ref Here(out int left);
            int step = Math.Min(count, left);
            if (step == 0)
            {
                ThrowHelper.StalePosition(); // The chain has become shorter since the bytes were counted.
            }

            _place += step;
            count -= step;
        }
    }

    /// <summary>
    /// The header of the mbuf that holds the next byte; at the end of the chain the one that holds the last byte, or the first.
    /// </summary>
    /// <param name="left">Bytes of the mbuf from here on; 0 at the end of the chain only.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref MbufHeader Here(out int left)
    {
        ref MbufHeader header = ref _chain.VerifiedMbuf(_index, _stamp, _place, out left);
        if (left == 0)
        {
            return ref NextWithData(ref header, out left);
        }

        return ref header;
    }

    /// <summary>The next contiguous bytes, 1 or more and no more than wanted; the cursor goes over them.</summary>
    public Span<byte> Take(int wanted)
    {
        _ = ref Here(out int left);
        return Take(wanted, left);
    }

    /// <summary>The same for who has asked <see cref="Here"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Take(int wanted, int left)
    {
        int count = Math.Min(wanted, left);
        if (count == 0)
        {
            ThrowHelper.StalePosition(); // The chain has become shorter since the bytes were counted.
        }

        Span<byte> bytes = Memory.Bytes(_place, count);
        _place += count;
        return bytes;
    }

    /// <summary>Copies the next bytes, which the chain has, and goes over them.</summary>
    public void Read(scoped Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            _ = ref Here(out int left);
            Span<byte> bytes = Take(destination.Length, left);
            bytes.CopyTo(destination);
            destination = destination[bytes.Length..];
        }
    }

    /// <summary>Goes over bytes that are known to lie in the mbuf that <see cref="Here"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count) => _place += count;

    private void MoveToStart()
    {
        _index = _chain.Index;
        ref MbufHeader head = ref _chain.VerifiedHead();
        _stamp = head.Stamp;
        _place = head.Data;
    }

    /// <summary>Only over empty mbufs that have data behind them: bytes to come may be put into the others.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref MbufHeader NextWithData(ref MbufHeader header, out int left)
    {
        uint next = header.Next;
        while (next != 0 && _chain.At(next).SegmentLength == 0)
        {
            next = _chain.At(next).Next;
        }

        if (next == 0)
        {
            left = 0;
            return ref header;
        }

        _index = next;
        ref MbufHeader found = ref _chain.At(next);
        _stamp = found.Stamp;
        _place = found.Data;
        left = found.SegmentLength;
        return ref found;
    }
}
