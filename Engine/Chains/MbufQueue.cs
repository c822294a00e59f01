using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>
/// A FIFO of packets with a limit (mbuf(9): <c>struct mbufq</c>), linked through the packets themselves: no node, no array, no
/// allocation.
/// </summary>
/// <remarks>
/// A class, since a copied struct would alias its packets. Not thread-safe: one thread at a time uses it, in a scope. The queue
/// owns what is in it: drain it before it is dropped.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class MbufQueue
{
    private readonly MbufArena _arena;

    private uint _first;

    private uint _last;

    /// <summary>Creates an empty queue for packets of one arena (mbuf(9): mbufq_init).</summary>
    /// <param name="arena">The arena that all packets belong to.</param>
    /// <param name="limit">Most packets that <see cref="TryEnqueue"/> lets in, or 0 for no limit.</param>
    /// <exception cref="ArgumentNullException"><paramref name="arena"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative.</exception>
    public MbufQueue(MbufArena arena, int limit = 0)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _arena = arena;
        Limit = limit;
    }

    /// <summary>Most packets that the queue takes, 0 for no limit.</summary>
    public int Limit { get; }

    /// <summary>The number of packets in the queue (mbuf(9): mbufq_len). O(1).</summary>
    public int Count { get; private set; }

    /// <summary>
    /// True if the next <see cref="TryEnqueue"/> is refused; never without a limit (mbuf(9): mbufq_full). O(1).
    /// </summary>
    public bool IsFull
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Limit != 0 && Count >= Limit;
    }

    /// <summary>True if there is no packet in the queue. O(1).</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The bytes of all packets in the queue. O(1).</summary>
    public long Length { get; private set; }

    /// <summary>How many packets were refused because the queue was full. O(1).</summary>
    public long Drops { get; private set; }

    /// <summary>Puts a packet at the tail (mbuf(9): mbufq_enqueue).</summary>
    /// <param name="packet">The packet; consumed on success, the caller's still on failure: <c>using (packet)
    /// queue.TryEnqueue(packet);</c> is right in both cases.</param>
    /// <returns>False if the queue is full (ENOBUFS), which is counted in <see cref="Drops"/>.</returns>
    /// <exception cref="MbufForeignException">The packet belongs to another arena.</exception>
    /// <remarks>O(1).</remarks>
    public bool TryEnqueue(MbufChain packet)
    {
        ref MbufHeader head = ref HeadToEnqueue(packet);
        if (IsFull)
        {
            Drops++;
            return false;
        }

        uint index = packet.Index;
        if (_first == 0)
        {
            _first = index;
        }
        else
        {
            packet.Cache.Hot.Memory.Header(_last).NextPacket = index;
        }

        head.NextPacket = 0;
        _last = index;
        CountIn(ref head, packet.Cache.Hot.Memory.Step);
        return true;
    }

    /// <summary>
    /// Puts a packet at the head, as one does with a packet that was taken off and could not be sent (mbuf(9): mbufq_prepend). The
    /// limit is ignored.
    /// </summary>
    /// <param name="packet">The packet; consumed.</param>
    /// <exception cref="MbufForeignException">The packet belongs to another arena.</exception>
    /// <remarks>O(1).</remarks>
    public void EnqueueFirst(MbufChain packet)
    {
        ref MbufHeader head = ref HeadToEnqueue(packet);
        head.NextPacket = _first;
        _first = packet.Index;
        if (_last == 0)
        {
            _last = packet.Index;
        }

        CountIn(ref head, packet.Cache.Hot.Memory.Step);
    }

    /// <summary>
    /// Puts all packets of another queue behind this one's, in their order (mbuf(9): mbufq_concat). The limit is ignored.
    /// </summary>
    /// <param name="mbufs">A scope of the arena of both queues.</param>
    /// <param name="other">The queue whose packets they are; empty afterwards, its <see cref="Drops"/> stay.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this queue.</exception>
    /// <exception cref="MbufForeignException">The scope or the other queue belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1), whatever the number of packets.</remarks>
    public void Append(in MbufScope mbufs, MbufQueue other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ThreadCache cache = OpenCache(mbufs);
        if (other == this)
        {
            throw new ArgumentException("A queue cannot be appended to itself.", nameof(other));
        }

        if (other._arena != _arena)
        {
            ThrowHelper.Foreign();
        }

        if (other._first == 0)
        {
            return;
        }

        if (_first == 0)
        {
            _first = other._first;
        }
        else
        {
            cache.Hot.Memory.Header(_last).NextPacket = other._first;
        }

        _last = other._last;
        Count += other.Count;
        Length += other.Length;
        (other._first, other._last, other.Count, other.Length) = (0, 0, 0, 0);
    }

    /// <summary>Takes the packet at the head (mbuf(9): mbufq_dequeue).</summary>
    /// <param name="mbufs">A scope of the queue's arena.</param>
    /// <param name="packet">The packet, owned by the caller; null if the queue is empty.</param>
    /// <returns>False if the queue is empty.</returns>
    /// <exception cref="MbufForeignException">The scope belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1).</remarks>
    public bool TryDequeue(in MbufScope mbufs, out MbufChain packet)
    {
        ThreadCache cache = OpenCache(mbufs);
        uint index = _first;
        if (index == 0)
        {
            packet = MbufChain.Null;
            return false;
        }

        ref MbufHeader head = ref cache.Hot.Memory.Header(index);
        _first = head.NextPacket;
        head.NextPacket = 0;
        if (_first == 0)
        {
            _last = 0;
        }

        Count--;
        Length -= head.ChainLength;
        uint generation = head.Generation + cache.Hot.Memory.Step;
        head.Generation = generation;
        packet = MbufChain.Of(cache, index, generation);
        return true;
    }

    /// <summary>Frees every packet in the queue (mbuf(9): mbufq_drain).</summary>
    /// <param name="mbufs">A scope of the queue's arena.</param>
    /// <returns>How many packets were freed.</returns>
    /// <exception cref="MbufForeignException">The scope belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(mbufs).</remarks>
    public int Drain(in MbufScope mbufs)
    {
        int freed = 0;
        ThreadCache cache = OpenCache(mbufs);
        cache.BeginFreeingMany();
        while (_first != 0)
        {
            uint index = _first;
            ref MbufHeader head = ref cache.Hot.Memory.Header(index);
            _first = head.NextPacket;
            head.NextPacket = 0;
            cache.FreeQuietly(ref head, index);
            freed++;
        }

        (_last, Count, Length) = (0, 0, 0);
        cache.EndFreeingMany();
        cache.RunDueRoutines();
        _arena.Quarantine?.ThrowIfSpoiled();
        return freed;
    }

    /// <summary>For people: packets, limit, drops. Allocates a string.</summary>
    public override string ToString()
        => $"queue of {Count}{(Limit == 0 ? "" : $" of at most {Limit}")} packets, {Length} bytes, {Drops} dropped";

    internal MbufArena Arena => _arena;

    private ref MbufHeader HeadToEnqueue(MbufChain packet)
    {
        ref MbufHeader head = ref packet.VerifiedHead();
        if (packet.Cache.Arena != _arena)
        {
            ThrowHelper.Foreign();
        }

        return ref head;
    }

    /// <summary>The cache of a scope that is open and belongs to the queue's arena.</summary>
    private ThreadCache OpenCache(in MbufScope mbufs)
    {
        ThreadCache cache = mbufs.Cache;
        if (cache.Arena != _arena)
        {
            ThrowHelper.Foreign();
        }

        return cache;
    }

    /// <summary>Counts a packet that was put in: the queue holds the claim now, every chain and handle of it is stale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountIn(ref MbufHeader head, uint step)
    {
        head.Generation += step;
        Count++;
        Length += head.ChainLength;
    }

    /// <summary>The start of the packet at the head, which stays in the queue (mbuf(9): mbufq_first).</summary>
    /// <param name="mbufs">A scope of the queue's arena.</param>
    /// <param name="position">The packet's first byte; null if the queue is empty. Stale once the packet is dequeued or freed,
    /// and once another is put behind the last one, whose link it is then; it stays right when <see cref="Append"/> puts all packets behind
    /// those of another queue.</param>
    /// <returns>False if the queue is empty.</returns>
    /// <exception cref="MbufForeignException">The scope belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1).</remarks>
    public bool TryPeekFirst(in MbufScope mbufs, out MbufPosition position) => TryPeek(OpenCache(mbufs), _first, out position);

    /// <summary>The start of the packet at the tail, which stays in the queue (mbuf(9): mbufq_last).</summary>
    /// <inheritdoc cref="TryPeekFirst"/>
    public bool TryPeekLast(in MbufScope mbufs, out MbufPosition position) => TryPeek(OpenCache(mbufs), _last, out position);

    /// <summary>
    /// A position in a packet that the queue holds the claim on: it shares that claim, which goes with the packet to a queue that
    /// this one is appended to, and ends when the packet is dequeued or freed.
    /// </summary>
    private static bool TryPeek(ThreadCache cache, uint index, out MbufPosition position)
    {
        if (index == 0)
        {
            position = MbufPosition.Null;
            return false;
        }

        MbufChain packet = MbufChain.Of(cache, index, cache.Hot.Memory.Header(index).Generation);
        position = new MbufPosition(packet, index, offset: 0);
        return true;
    }

    /// <summary>The head of a packet that is to be put in, which has a packet header and belongs to the queue's arena.</summary>
    internal ref MbufHeader HeadOfPacket(MbufChain packet)
    {
        ref MbufHeader head = ref HeadToEnqueue(packet);
        if ((head.Flags & HeaderFlags.PacketHeader) == 0)
        {
            ThrowHelper.NoPacketHeader();
        }

        return ref head;
    }

    /// <summary>True if the limit lets so many packets in.</summary>
    internal bool HasRoomFor(int packets) => Limit == 0 || Count <= Limit - packets;

    /// <summary>
    /// Puts packets that are linked already at the tail, which are all parts of the first one. Only that was claimed by anyone.
    /// </summary>
    internal void AddParts(ThreadCache cache, uint first, uint last, int count, long length)
    {
        cache.Hot.Memory.Header(first).Generation += cache.Hot.Memory.Step;
        if (_first == 0)
        {
            _first = first;
        }
        else
        {
            cache.Hot.Memory.Header(_last).NextPacket = first;
        }

        _last = last;
        Count += count;
        Length += length;
    }
}
