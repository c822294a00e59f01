namespace Engine.Mbufs.Wire;

/// <content>Timeouts, the end, and who may work with the tables.</content>
public sealed partial class MbufReassembler
{
    /// <summary>
    /// Drops every packet whose time is over (BSD: ip_slowtimo, frag6_slowtimo). <see cref="Add"/> does so, too, but only when
    /// fragments come: call this from a timer, every few seconds.
    /// </summary>
    /// <param name="mbufs">A scope of the reassembler's arena.</param>
    /// <returns>How many packets were dropped. Their first fragments, as far as they had come, are in
    /// <see cref="MbufReassemblerOptions.TimedOut"/>.</returns>
    /// <exception cref="InvalidOperationException">The reassembler is in use.</exception>
    /// <exception cref="MbufForeignException">The scope belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The reassembler is disposed, or the scope is closed.</exception>
    /// <remarks>
    /// O(mbufs dropped). What a free routine throws comes out when all is done; <see cref="GetStatistics"/> has the number, too.
    /// </remarks>
    public int Expire(in MbufScope mbufs)
    {
        long now = _time.GetTimestamp(); // First: a clock is foreign code.
        ThreadCache cache = OpenCache(mbufs);
        Begin();
        cache.HoldRoutines();
        try
        {
            return ExpireUntil(cache, now);
        }
        finally
        {
            End();
            cache.ReleaseRoutines();
        }
    }

    /// <summary>Drops everything that is held, and forgets what was dropped before.</summary>
    /// <param name="mbufs">A scope of the reassembler's arena.</param>
    /// <returns>Of how many packets fragments were held.</returns>
    /// <exception cref="InvalidOperationException">The reassembler is in use.</exception>
    /// <exception cref="MbufForeignException">The scope belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The reassembler is disposed, or the scope is closed.</exception>
    /// <remarks>O(mbufs). What a free routine throws comes out when all is done.</remarks>
    public int Clear(in MbufScope mbufs)
    {
        ThreadCache cache = OpenCache(mbufs);
        Begin();
        cache.HoldRoutines();
        try
        {
            return DropAll(cache);
        }
        finally
        {
            End();
            cache.ReleaseRoutines();
        }
    }

    /// <summary>
    /// Drops everything that is held, counted as evicted (BSD: ip_drain, frag6_drain). Made for <see
    /// cref="MbufArena.RegisterReclaim"/>: any thread may call it at any time; while an operation of the reassembler is under way
    /// it does nothing, and one that begins meanwhile waits for it.
    /// </summary>
    /// <exception cref="InvalidOperationException">Every cache of the arena has an owner.</exception>
    /// <exception cref="ObjectDisposedException">Another thread disposes the arena meanwhile.</exception>
    /// <remarks>O(mbufs). Enters the arena: <c>arena.Enter()</c>. Does nothing once the reassembler or the arena is disposed.</remarks>
    public void Reclaim()
    {
        if (_state != Idle || _packets.Count == 0 || _arena.IsDisposed)
        {
            return;
        }

        using MbufScope mbufs = _arena.Enter();
        if (Interlocked.CompareExchange(ref _state, Reclaiming, Idle) != Idle)
        {
            return;
        }

        ThreadCache cache = mbufs.Cache;
        cache.HoldRoutines();
        try
        {
            _evicted += DropAll(cache);
        }
        finally
        {
            End(); // Before free routines run: nobody waits for foreign code.
            cache.ReleaseRoutines();
        }
    }

    /// <summary>
    /// Drops everything that is held; every operation but this and <see cref="Reclaim"/> throws from now on. Where the arena was
    /// disposed before, what was held is gone with it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The reassembler is in use, or every cache of the arena has an owner:
    /// nothing has changed.</exception>
    /// <remarks>O(mbufs). Enters the arena, unless nothing is held: <c>arena.Enter()</c>.</remarks>
    public void Dispose()
    {
        if (_state == Disposed)
        {
            return;
        }

        if (_packets.Count == 0 || _arena.IsDisposed)
        {
            Begin();
            Volatile.Write(ref _state, Disposed);
            return;
        }

        using MbufScope mbufs = _arena.Enter();
        Begin();
        ThreadCache cache = mbufs.Cache;
        cache.HoldRoutines();
        try
        {
            DropAll(cache);
        }
        finally
        {
            Volatile.Write(ref _state, Disposed);
            cache.ReleaseRoutines();
        }
    }

    private int DropAll(ThreadCache cache)
    {
        int held = _packets.Count - _packets.Abandoned;
        DropAll(cache, isIPv6: false);
        DropAll(cache, isIPv6: true);
        return held;
    }

    private void DropAll(ThreadCache cache, bool isIPv6)
    {
        for (int packet = _packets.Oldest(isIPv6); packet != 0; packet = _packets.Oldest(isIPv6))
        {
            DropFragments(cache, packet);
            Forget(packet);
        }
    }

    private int ExpireUntil(ThreadCache cache, long now)
        => ExpireUntil(cache, now - _ipv4Timeout, isIPv6: false) + ExpireUntil(cache, now - _ipv6Timeout, isIPv6: true);

    /// <summary>Packets of one version have one timeout: those whose time is over are the oldest.</summary>
    private int ExpireUntil(ThreadCache cache, long latest, bool isIPv6)
    {
        int expired = 0;
        int packet = _packets.Oldest(isIPv6);
        while (packet != 0 && _packets[packet].Came <= latest)
        {
            if (!_packets[packet].IsAbandoned)
            {
                expired++;
                SaveFirst(cache, packet);
                DropFragments(cache, packet);
            }

            Forget(packet);
            packet = _packets.Oldest(isIPv6);
        }

        _timeouts += expired;
        return expired;
    }

    /// <summary>Puts the first fragment of a packet, if it has come, where its sender can be told.</summary>
    private void SaveFirst(ThreadCache cache, int held)
    {
        ref HeldPacket packet = ref _packets[held];
        if (_timedOut is null || _fragments[packet.First].Offset != 0)
        {
            return;
        }

        if (_timedOut.TryEnqueue(View(cache, _fragments[packet.First].Handle)))
        {
            _fragments.TakeFirst(ref packet);
            _droppedFragments++;
        }
    }

    private long TicksOf(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The cache of a scope that is open and belongs to the reassembler's arena.</summary>
    private ThreadCache OpenCache(in MbufScope mbufs)
    {
        ThreadCache cache = mbufs.Cache;
        if (cache.Arena != _arena)
        {
            ThrowHelper.Foreign();
        }

        return cache;
    }

    /// <summary>Nobody else works with the tables until <see cref="End"/>.</summary>
    private void Begin()
    {
        int state = Interlocked.CompareExchange(ref _state, Busy, Idle);
        if (state == Reclaiming)
        {
            SpinWait spin = default;
            while (state == Reclaiming)
            {
                spin.SpinOnce();
                state = Interlocked.CompareExchange(ref _state, Busy, Idle);
            }
        }

        if (state != Idle)
        {
            ObjectDisposedException.ThrowIf(state == Disposed, this);
            ThrowHelper.ReassemblerInUse();
        }
    }

    private void End() => Volatile.Write(ref _state, Idle);

    /// <summary>
    /// How long a packet is held at the cost of others when all room is taken: fragments that were sent together are not so far
    /// apart. Else a few forged fragments, which stay for as long as the timeout, would keep all room taken.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes room for one more packet: at its source's share by that source's oldest, at the maximum by who gives way.
    /// </summary>
    private void MakeRoomForPacket(ThreadCache cache, in FragmentKey key, long now)
    {
        int source = _packets.Sources.Find(key.Source);
        if (source != 0 && _packets.Sources[source].Packets >= _mostPacketsOfSource)
        {
            Evict(cache, _packets.OldestOf(source));
        }

        if (_packets.IsFull)
        {
            Evict(cache, WhoGivesWay(_packets.Sources.ByPackets, now));
        }
    }

    /// <summary>
    /// Makes room for mbufs of a packet in the same way. False if it is the packet itself that is to give way, or if it can never
    /// have so many.
    /// </summary>
    private bool TryMakeRoom(ThreadCache cache, int held, int mbufs, long now)
    {
        int source = _packets[held].Source;
        if (mbufs > _mostMbufsOfSource)
        {
            return false;
        }

        while (_packets.Sources[source].Mbufs > _mostMbufsOfSource - mbufs)
        {
            if (!TryEvict(cache, _packets.OldestOf(source), held))
            {
                return false;
            }
        }

        while (_packets.Mbufs > _mostMbufs - mbufs)
        {
            if (!TryEvict(cache, WhoGivesWay(_packets.Sources.ByMbufs, now), held))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The packet that goes when all room is taken: the oldest, if it has waited for long; else the oldest of the source that has
    /// the most, which is the oldest of all where none has much.
    /// </summary>
    private int WhoGivesWay(SourceRanking ranking, long now)
    {
        int oldest = _packets.Oldest();
        return now - _packets[oldest].Came >= _patience ? oldest : _packets.OldestOf(ranking.First);
    }

    private bool TryEvict(ThreadCache cache, int packet, int spared)
    {
        if (packet == spared)
        {
            return false;
        }

        Evict(cache, packet);
        return true;
    }

    /// <summary>Drops what is held of a packet, and forgets it.</summary>
    private void Evict(ThreadCache cache, int held)
    {
        _evicted++;
        DropFragments(cache, held);
        Forget(held);
    }

    /// <summary>Drops what is held of a packet, and remembers that.</summary>
    private void Abandon(ThreadCache cache, int held)
    {
        DropFragments(cache, held);
        _packets.CountMbufs(held, -_packets[held].Mbufs);
        _packets.Abandon(held);
    }

    /// <summary>Forgets a packet whose fragments are no longer held.</summary>
    private void Forget(int held)
    {
        _packets.CountMbufs(held, -_packets[held].Mbufs);
        _packets.Remove(held);
    }

    private void DropFragments(ThreadCache cache, int held)
    {
        ref HeldPacket packet = ref _packets[held];
        while (packet.Fragments > 0)
        {
            MbufChain fragment = View(cache, _fragments.TakeFirst(ref packet).Handle);
            cache.FreeQuietly(ref fragment.VerifiedHead(), fragment.Index);
            _droppedFragments++;
        }
    }
}
