using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// A thread of a test: what it throws is thrown again by <see cref="Join"/>, and a thread that does not end in time fails the test
/// instead of hanging it.
/// </summary>
internal sealed class Mate
{
    private readonly Thread _thread;
    private Exception? _error;

    public Mate(Action work)
    {
        _thread = new Thread(() => Work(work)) { IsBackground = true };
        _thread.Start();
    }

    public void Join()
    {
        Assert.That(_thread.Join(Crew.Patience), Is.True, "the thread ends in time");
        if (_error is not null)
        {
            throw new AssertionException(_error.ToString(), _error);
        }
    }

    public void Interrupt() => _thread.Interrupt();

    /// <summary>Returns when the thread sleeps or waits for a lock.</summary>
    public void UntilBlocked()
        => Assert.That(
            SpinWait.SpinUntil(() => _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Crew.Patience), Is.True, "the thread blocks");

    private void Work(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            _error = error;
        }
    }
}

/// <summary>Several threads that work at once, and waits that end.</summary>
internal static class Crew
{
    /// <summary>Far more than anything here takes; only a test that would hang meets it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs each part on a thread of its own, all released at once.</summary>
    public static void Run(params Action[] parts)
    {
        using var start = new Barrier(parts.Length);
        Mate[] mates = [.. parts.Select(part => new Mate(() =>
        {
            start.Meet();
            part();
        }))];
        foreach (Mate mate in mates)
        {
            mate.Join();
        }
    }

    public static void Run(int count, Action<int> part)
        => Run([.. Enumerable.Range(0, count).Select(number => (Action)(() => part(number)))]);

    public static void Meet(this Barrier barrier)
        => Assert.That(barrier.SignalAndWait(Patience), Is.True, "everybody comes to the barrier in time");

    public static void Await(this ManualResetEventSlim signal)
        => Assert.That(signal.Wait(Patience), Is.True, "the signal comes in time");

    /// <summary>Returns when a number of waiting allocations have been delayed and sleep, each with the gate released.</summary>
    public static void UntilAsleep(this MbufArena arena, int count = 1)
    {
        Assert.That(
            SpinWait.SpinUntil(() => arena.Zones.Sum(zone => zone.Delayed) >= count, Patience), Is.True, "the waiters begin to wait");
        lock (arena.Gate)
        {
            // A waiter counts itself as delayed under the gate, and only gives it up by sleeping.
        }
    }
}
