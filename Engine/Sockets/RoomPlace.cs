namespace Engine.Mbufs;

/// <summary>Where a room is, and what tells that it is still there.</summary>
internal struct RoomPlace
{
    /// <summary>The mbuf that has the last byte, or the head of an empty chain: a mark that a record ends is there.</summary>
    public uint Point;

    /// <summary>The mbuf that is filled first: that one, or the first behind it that has room.</summary>
    public uint Start;

    /// <summary>The last mbuf of the chain before fresh ones were linked.</summary>
    public uint LastTail;

    /// <summary>Bytes by which the position of the first mbuf was moved to the front.</summary>
    public int Moved;

    /// <summary>Pieces of contiguous room.</summary>
    public int Pieces;

    /// <summary>Bytes of room.</summary>
    public int Length;

    /// <summary><see cref="LastTail"/> had <see cref="HeaderFlags.Spare"/>.</summary>
    public bool WasSpare;

    private uint _tail;
    private uint _tailStamp;
    private int _segments;
    private int _chainLength;
    private uint _pointStamp;
    private uint _startStamp;
    private uint _startFlags;
    private int _startLength;
    private long _startData;

    /// <summary>Remembers what the chain is like.</summary>
    public void Remember(MbufChain chain, ref MbufHeader head)
    {
        _tail = head.Tail;
        _tailStamp = chain.At(head.Tail).Stamp;
        _segments = head.Segments;
        _chainLength = head.ChainLength;
        _pointStamp = chain.At(Point).Stamp;
        ref MbufHeader start = ref chain.At(Start);
        _startStamp = start.Stamp;
        _startFlags = start.Flags & HeaderFlags.OfStorage;
        _startLength = start.SegmentLength;
        _startData = start.Data;
    }

    /// <summary>The claim on the head has moved on, by a handle that was made and opened: the same place under the new claim.</summary>
    /// <param name="head">The head's index.</param>
    /// <param name="by">How far its generation has moved.</param>
    public void Follow(uint head, uint by)
    {
        _tailStamp += _tail == head ? by : 0;
        _pointStamp += Point == head ? by : 0;
        _startStamp += Start == head ? by : 0;
    }

    /// <summary>
    /// Whether the end of the chain is as it was when the room was reserved: the same mbufs, in the same lives, and the first of them as
    /// full, and as writable. Behind it are only mbufs without data, which nothing but a longer chain changes.
    /// </summary>
    public readonly bool IsIn(MbufChain chain, ref MbufHeader head)
    {
        if (head.Tail != _tail || head.Segments != _segments || head.ChainLength != _chainLength || Length <= 0)
        {
            return false;
        }

        ref MbufHeader start = ref chain.At(Start);
        return start.Stamp == _startStamp && start.Data == _startData && start.SegmentLength == _startLength
            && (start.Flags & HeaderFlags.OfStorage) == _startFlags
            && chain.At(Point).Stamp == _pointStamp && chain.At(_tail).Stamp == _tailStamp;
    }
}
