using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>Waiting for memory (mbuf(9): M_WAITOK).</content>
public sealed partial class MbufArena
{
    /// <summary>Milliseconds until a waiter that stress refused tries again: nobody signals what is there already.</summary>
    private const int StressPause = 1;

    /// <summary>What a thread that sleeps for a cache counts for; one that sleeps for memory counts for 1.</summary>
    private const long CacheSleeper = 1L << 32;

    /// <summary>The mark of a disposed arena, above all counts.</summary>
    private const long DisposedMark = 1L << 62;

    /// <summary>
    /// What whoever opens or closes a cache has to heed, in one word, 0 most of the time: the number of threads that sleep for memory,
    /// that of threads that sleep for a cache, and whether the arena is disposed.
    /// </summary>
    private long _concerns;

    /// <summary>A waiter's attempt is under way. Guarded by the gate.</summary>
    private bool _attempting;

    /// <summary>
    /// Milliseconds until a sleeper looks again whatever happens, since nobody tells it of a thread that ended inside a scope. Tests that
    /// are about wake-ups make it long.
    /// </summary>
    internal int LongestSleep { get; set; } = 1000;

    /// <summary>True while a thread sleeps for memory: whoever gives something back to the depot then signals.</summary>
    internal bool HasWaiters => (int)Volatile.Read(ref _concerns) != 0;

    /// <summary>True while a thread sleeps for memory or for a cache, and when the arena is disposed.</summary>
    internal bool HasConcerns => Volatile.Read(ref _concerns) != 0;

    private bool HasCacheSleepers => (Volatile.Read(ref _concerns) & ~DisposedMark) >= CacheSleeper;

    /// <summary>Wakes the threads that sleep for memory, to look again.</summary>
    internal void Signal()
    {
        lock (Gate)
        {
            SignalUnderGate();
        }
    }

    /// <summary>
    /// Repeats an allocation until it succeeds, the time is over or the token is cancelled. While it sleeps, the cache's
    /// magazines are empty and its claim is parked, so that neither holds anybody up.
    /// </summary>
    /// <remarks>
    /// Attempts run under the gate: two threads that each need several mbufs do not take them from under each other. Whatever
    /// comes back to the depot meanwhile is announced by <see cref="Signal"/>, which needs the gate and therefore cannot fall
    /// between an attempt and the sleep.
    /// </remarks>
    internal bool TryWait<TAllocation>(
        ThreadCache cache, TAllocation allocation, TimeSpan timeout, CancellationToken cancellationToken, out uint head)
        where TAllocation : struct, IAllocation
    {
        ThrowIfNoTimeout(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        cache.IsWaiting = true;
        try
        {
            if (allocation.TryAttempt(cache, out head))
            {
                return true;
            }

            // Registered and disposed outside the gate: disposal waits for a running callback, which needs the gate.
            using (cancellationToken.UnsafeRegister(static arena => ((MbufArena)arena!).Signal(), this))
            {
                return TrySleep(cache, allocation, timeout, cancellationToken, out head);
            }
        }
        finally
        {
            cache.IsWaiting = false;
        }
    }

    internal static void ThrowIfNoTimeout(TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeout), timeout, "A timeout is zero or more, or Timeout.InfiniteTimeSpan to wait without end.");
        }
    }

    private bool TrySleep<TAllocation>(
        ThreadCache cache, TAllocation allocation, TimeSpan timeout, CancellationToken cancellationToken, out uint head)
        where TAllocation : struct, IAllocation
    {
        long started = Stopwatch.GetTimestamp();
        bool delayed = false;
        lock (Gate)
        {
            Interlocked.Increment(ref _concerns); // [guard: WaiterCountsFirst]
            try
            {
                FlushAndSignal(cache); // What this thread has kept may be what another one waits for.
                while (true)
                {
                    if (TryAttempt(cache, allocation, out head))
                    {
                        return true;
                    }

                    ObjectDisposedException.ThrowIf(IsDisposed, this);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!TryGetRemaining(started, timeout, out int milliseconds))
                    {
                        Zones[(int)cache.MissedZone].CountDenied();
                        return false;
                    }

                    if (!delayed)
                    {
                        Zones[(int)cache.MissedZone].CountDelayed();
                        delayed = true;
                    }

                    FlushUnderGate(cache);
                    SleepOnce(cache, cache.HadInjectedFailure ? StressPause : AtMostAMoment(milliseconds));
                }
            }
            finally
            {
                Interlocked.Decrement(ref _concerns);
            }
        }
    }

    /// <summary>
    /// Sleeps until somebody signals or the time is over. Also if the thread is interrupted, the claim is whole again.
    /// </summary>
    private void SleepOnce(ThreadCache cache, int milliseconds)
    {
        cache.Park();
        try
        {
            Monitor.Wait(Gate, milliseconds);
        }
        finally
        {
            cache.Unpark();
        }
    }

    private int AtMostAMoment(int milliseconds) => (int)Math.Min((uint)milliseconds, (uint)LongestSleep);

    /// <summary>
    /// Milliseconds left to sleep, -1 for ever; rounded up, so that a wait never ends early. False if the time is over.
    /// </summary>
    private static bool TryGetRemaining(long started, TimeSpan timeout, out int milliseconds)
    {
        milliseconds = -1;
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return true;
        }

        double left = Math.Ceiling((timeout - Stopwatch.GetElapsedTime(started)).TotalMilliseconds);
        milliseconds = (int)Math.Min(left, int.MaxValue);
        return left > 0;
    }

    /// <summary>
    /// Under the gate. What an attempt that fails gives back, it took in the same moment: that is no news for anybody, and
    /// waiters that told each other of it would never rest.
    /// </summary>
    private bool TryAttempt<TAllocation>(ThreadCache cache, TAllocation allocation, out uint head)
        where TAllocation : struct, IAllocation
    {
        _attempting = true;
        cache.HadInjectedFailure = false;
        try
        {
            return allocation.TryAttempt(cache, out head);
        }
        finally
        {
            _attempting = false;
        }
    }

    private void SignalUnderGate()
    {
        if (HasWaiters && !_attempting)
        {
            Monitor.PulseAll(Gate);
        }
    }
}

/// <summary>One try of an allocation that can wait: a struct, so that nothing is allocated for it.</summary>
internal interface IAllocation
{
    /// <summary>The index of a head, which is live then; false if the arena cannot give what it needs.</summary>
    bool TryAttempt(ThreadCache cache, out uint head);
}
