namespace Engine.Mbufs;

/// <content>What happens before an allocation is denied: callbacks that free what a program can do without, and the warning.</content>
public sealed partial class MbufArena
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _warningInterval;
    private readonly TimeSpan _reclaimInterval;

    /// <summary>In order of registration. Replaced under the gate, never changed.</summary>

    /// <summary>When callbacks were last run for a zone in vain, by <see cref="ZoneId"/>.</summary>
    private readonly RateLimit[] _reclaims = NewLimits();

    /// <summary>When a zone's limit was last told of, by <see cref="ZoneId"/>.</summary>
    private readonly RateLimit[] _warnings = NewLimits();

    private ReclaimRegistration[] _reclaimers = [];

    /// <summary>1 while a thread runs the callbacks.</summary>
    private int _reclaiming;

    /// <summary>
    /// An allocation found nothing and nothing could be freed for it: the warning that kern.ipc.nmb* is too low. At most once for
    /// each zone in <see cref="MbufArenaOptions.WarningInterval"/>.
    /// </summary>
    /// <remarks>
    /// Raised on the thread that allocates, in the middle of its operation, whether it is denied or waits; not for what
    /// <see cref="Stress"/> refuses. The same holds as for callbacks of <see cref="RegisterReclaim"/>: a handler may enter a scope,
    /// and what it throws goes to <see cref="CallbackFailed"/>. What a handler is denied itself raises nothing. Denials that raise
    /// nothing allocate nothing.
    /// </remarks>
    public event EventHandler<MbufLimitEventArgs>? LimitReached;

    /// <summary>
    /// A callback of <see cref="RegisterReclaim"/> that an allocation ran, a handler of <see cref="LimitReached"/>, or the
    /// <see cref="MbufArenaOptions.TimeProvider"/> that was asked whether it is their time, threw. The operation in whose middle
    /// that was knows nothing of it. What a handler of this event throws is dropped.
    /// </summary>
    public event EventHandler<ErrorEventArgs>? CallbackFailed;

    /// <summary>
    /// Registers a callback that frees what a program can do without (mbuf(9): a protocol's drain routine, run by m_reclaim).
    /// </summary>
    /// <param name="callback">Called after those that were registered before it, as <see cref="Reclaim"/> and exhaustion ask for
    /// it.</param>
    /// <returns>The registration: disposed, it is not called any more. A call that is under way on another thread goes on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The arena is disposed.</exception>
    /// <remarks>
    /// <para>An allocation that finds nothing anywhere calls all of them and tries once more before it is denied or waits. It
    /// does so on its own thread, in the middle of its operation and holding no lock: a callback may enter a scope of its own, open
    /// handles, free packets and allocate, but it should not block.</para>
    /// <para>They are never run by two threads at a time, nor by what a callback allocates: an allocation that finds nothing
    /// meanwhile is denied. If they did not help, exhaustion of the same kind does not call them again before
    /// <see cref="MbufArenaOptions.ReclaimInterval"/> has passed, so that a storm of denials is no storm of calls; if they
    /// did, it may at once. What <see cref="Stress"/> refuses calls nobody.</para>
    /// <para>If one throws, the others are called none the less, and the allocation goes on: <see cref="CallbackFailed"/> tells
    /// of it.</para>
    /// <para>Allocates the registration, once.</para>
    /// </remarks>
    public IDisposable RegisterReclaim(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            var registration = new ReclaimRegistration(this, callback);
            Volatile.Write(ref _reclaimers, [.. _reclaimers, registration]);
            return registration;
        }
    }

    /// <summary>
    /// Calls every callback of <see cref="RegisterReclaim"/> now, in order of registration, whether memory is short or not
    /// (mbuf(9): m_reclaim).
    /// </summary>
    /// <returns>
    /// False if they are being run already, by another thread or by the caller's callers: then it does nothing.
    /// </returns>
    /// <exception cref="AggregateException">Callbacks threw; all were called.</exception>
    /// <exception cref="ObjectDisposedException">The arena is disposed.</exception>
    /// <remarks>O(callbacks) and what they do.</remarks>
    public bool Reclaim()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        List<Exception>? failures = null;
        bool ran = TryRunReclaimers(ref failures);
        return failures is null ? ran : throw new AggregateException(failures);
    }

    /// <summary>
    /// An allocation of a zone found nothing: runs the callbacks, if it is their time. True if they were run.
    /// </summary>
    internal bool TryReclaimFor(ZoneId zone)
    {
        if (Volatile.Read(ref _reclaimers).Length == 0 || Monitor.IsEntered(Gate) || Zones[(int)zone].Limit == 0
            || !TryPass(ref _reclaims[(int)zone], _reclaimInterval))
        {
            return false;
        }

        List<Exception>? failures = null;
        bool ran = TryRunReclaimers(ref failures);
        failures?.ForEach(ReportFailure);
        if (!ran)
        {
            _reclaims[(int)zone].Reset(); // They are being run for another zone: that is not this one's turn.
        }

        return ran;
    }

    /// <summary>Notes whether there was anything after the callbacks: then they may be run again at once.</summary>
    internal void NoteReclaimed(ZoneId zone, bool helped)
    {
        if (helped)
        {
            _reclaims[(int)zone].Reset();
        }
    }

    /// <summary>Tells of a request that nothing could grant, if nobody was told for a while.</summary>
    internal void RaiseLimitReached(ZoneId zone)
    {
        EventHandler<MbufLimitEventArgs>? handlers = LimitReached;
        if (handlers is null || Monitor.IsEntered(Gate))
        {
            return;
        }

        ZoneId scarce = ScarcePart(zone);
        if (TryPass(ref _warnings[(int)scarce], _warningInterval))
        {
            try
            {
                handlers(this, new MbufLimitEventArgs((MbufZone)scarce, Zones[(int)scarce].Limit));
            }
            catch (Exception exception)
            {
                ReportFailure(exception);
            }
        }
    }

    /// <summary>Asks the program's clock, in the middle of an operation that knows nothing of what that may throw.</summary>
    private bool TryPass(ref RateLimit rate, TimeSpan interval)
    {
        try
        {
            return rate.TryPass(_time, interval);
        }
        catch (Exception exception)
        {
            ReportFailure(exception);
            return false;
        }
    }

    /// <summary>Of a pair, the part that there is none of; both have limits, the pair has not.</summary>
    private ZoneId ScarcePart(ZoneId zone)
    {
        if (zone != ZoneId.Packet)
        {
            return zone;
        }

        bool mbufs = HasAny(ZoneId.Mbuf);
        return !mbufs && HasAny(ZoneId.Cluster) ? ZoneId.Mbuf : ZoneId.Cluster;
    }

    private bool HasAny(ZoneId zone) => Zones[(int)zone].Admitted < Zones[(int)zone].Limit || Zones[(int)zone].InDepot > 0;

    private bool TryRunReclaimers(ref List<Exception>? failures)
    {
        if (Interlocked.Exchange(ref _reclaiming, 1) != 0)
        {
            return false;
        }

        try
        {
            foreach (ReclaimRegistration registration in Volatile.Read(ref _reclaimers))
            {
                registration.TryRun(ref failures);
            }
        }
        finally
        {
            Volatile.Write(ref _reclaiming, 0);
        }

        return true;
    }

    private void ReportFailure(Exception failure)
    {
        // Neither was meant for the callback: the thread is told again when it waits, the program when nothing is half done.
        switch (failure)
        {
            case ThreadInterruptedException:
                Thread.CurrentThread.Interrupt();
                break;
            case MbufCorruptionException:
                Quarantine?.ReportAgain(failure.Message);
                break;
        }

        try
        {
            CallbackFailed?.Invoke(this, new ErrorEventArgs(failure));
        }
        catch
        {
            // There is nobody left to tell, and the operation must not end half done.
        }
    }

    private static RateLimit[] NewLimits() => [.. Enumerable.Range(0, ArenaLayout.ZoneCount).Select(static _ => new RateLimit())];

    private void Remove(ReclaimRegistration registration)
    {
        lock (Gate)
        {
            Volatile.Write(ref _reclaimers, [.. _reclaimers.Where(other => other != registration)]);
        }
    }

    /// <summary>One callback, until it is disposed.</summary>
    private sealed class ReclaimRegistration(MbufArena arena, Action callback) : IDisposable
    {
        private int _disposed;

        public void TryRun(ref List<Exception>? failures)
        {
            if (Volatile.Read(ref _disposed) != 0)
            {
                return;
            }

            try
            {
                callback();
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception);
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                arena.Remove(this);
            }
        }
    }
}

/// <summary>Lets something happen once in an interval. Several threads may ask.</summary>
internal struct RateLimit
{
    /// <summary>A timestamp that no clock shows: it has not happened yet.</summary>
    private const long Never = long.MinValue;

    private long _started = Never;

    public RateLimit()
    {
    }

    /// <summary>As if it had never happened.</summary>
    public void Reset() => Volatile.Write(ref _started, Never);

    /// <summary>
    /// True if it has never happened, or an interval ago: for one of the threads that try at the same time, and it happens now. An
    /// infinite interval never passes.
    /// </summary>
    public bool TryPass(TimeProvider time, TimeSpan interval)
    {
        long started = Volatile.Read(ref _started);
        return HasPassed(started, time, interval) && Interlocked.CompareExchange(ref _started, time.GetTimestamp(), started) == started;
    }

    private static bool HasPassed(long started, TimeProvider time, TimeSpan interval)
        => started == Never || (interval != Timeout.InfiniteTimeSpan && time.GetElapsedTime(started) >= interval);
}
