using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>The claim on the cache: who opens, closes, drains, parks and retires it, and the limits that ask its owner to flush.</content>
public sealed partial class MbufCache
{
    /// <summary>Who may touch the magazines. Open and Parked are left by the owner only, Draining by the drainer only.</summary>
    private static class Claim
    {
        public const int Idle = 0;
        public const int Open = 1;
        public const int Draining = 2;

        /// <summary>The owner sleeps for memory inside its scope: others may drain, but not enter.</summary>
        public const int Parked = 3;
        public const int DrainingParked = 4;

        /// <summary>For ever: another cache took its place.</summary>
        public const int Retired = 5;
    }

    /// <summary>Claims the cache for the calling thread, if it is idle and the arena is not disposed.</summary>
    internal bool TryOpen()
    {
        if (Interlocked.CompareExchange(ref _claim, Claim.Open, Claim.Idle) != Claim.Idle)
        {
            return false;
        }

        if (Arena.IsDisposed)
        {
            // Dispose looks at the claims after it has set its mark, we at the mark after the claim: one of us sees the other.
            Interlocked.Exchange(ref _claim, Claim.Idle);
            Arena.TryRelease();
            throw new ObjectDisposedException(nameof(MbufArena));
        }

        _serial++;
        if (Arena.HasWaiters)
        {
            Volatile.Write(ref _asked, true); // Who waits asked the caches that were open then; this one asks itself.
        }

        RestoreLimits();
        return true;
    }

    /// <summary>Ends the scope with this number, if it is still open: a second Dispose, of a copy, does nothing.</summary>
    internal void Close(uint serial)
    {
        if (serial != _serial)
        {
            return;
        }

        Debug.Assert(_claim == Claim.Open, "A scope whose serial number is current holds the claim.");
        _serial++;
        EndOpening();
        RaiseLimits();
        try
        {
            if (_asked || Arena.HasWaiters)
            {
                Arena.Flush(this);
            }
        }
        finally
        {
            Interlocked.Exchange(ref _claim, Claim.Idle); // Also if the thread is interrupted while it waits for the gate.
        }

        if (Arena.HasWaiters)
        {
            Arena.Signal(); // It registered after we looked: idle now, the cache can be drained by it.
        }

        if (Arena.IsDisposed)
        {
            Arena.TryRelease();
        }
    }

    /// <summary>Ends every scope and chain of this opening: none of them has the number of the next one.</summary>
    private void EndOpening()
    {
        Hot.Opening += OpeningStep;
        Hot.PlainOpening += Arena.IsChecked ? 0 : OpeningStep;
        Hot.Hand.MoveToNextOpening();
    }

    /// <summary>Forgets the arena's memory, which is about to be freed. Every index fails from now on.</summary>
    internal void Withdraw()
    {
        Hot.LastIndex = 0;
        Hot.Memory = default;
        RaiseLimits();
    }

    /// <summary>Under the gate: asks the owner of an open cache to flush at its next operation.</summary>
    internal void Ask()
    {
        Volatile.Write(ref _asked, true);
        Interlocked.MemoryBarrier();
        RaiseLimits();
    }

    /// <summary>Under the gate, by the owner or a drainer: the cache was flushed and nobody waits.</summary>
    internal void ClearAsk() => Volatile.Write(ref _asked, false);

    /// <summary>Under the gate: takes the claim of a cache that nobody works with, for draining.</summary>
    internal bool TryBeginDrain() => Interlocked.CompareExchange(ref _claim, Claim.Draining, Claim.Idle) == Claim.Idle
        || Interlocked.CompareExchange(ref _claim, Claim.DrainingParked, Claim.Parked) == Claim.Parked;

    /// <summary>Under the gate: ends the life of a cache that nobody owns and nobody is in.</summary>
    internal bool TryRetire()
        => !IsExplicit && Interlocked.CompareExchange(ref _claim, Claim.Retired, Claim.Idle) == Claim.Idle;

    /// <summary>Gives the empty magazines of a retired cache to the depot.</summary>
    internal void UnloadMagazines()
    {
        for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
        {
            Hot.Magazines[zone].Unload(Arena.EmptyMagazines);
        }
    }

    internal void EndDrain()
        => Interlocked.Exchange(ref _claim, _claim == Claim.Draining ? Claim.Idle : Claim.Parked);

    /// <summary>Lets others drain the cache while its owner sleeps.</summary>
    internal void Park() => Interlocked.Exchange(ref _claim, Claim.Parked);

    internal void Unpark()
    {
        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _claim, Claim.Open, Claim.Parked) != Claim.Parked)
        {
            spin.SpinOnce();
        }
    }

    /// <summary>Fast paths on, unless there is a reason to keep them off.</summary>
    internal void RestoreLimits()
    {
        if (Arena.HasFastFrees)
        {
            Volatile.Write(ref Hot.PopLimit, CacheHot.AnyItem);
            Volatile.Write(ref Hot.Ceiling, 0);
        }
        else if (!Arena.IsChecked)
        {
            Volatile.Write(ref Hot.PopLimit, CacheHot.AnyItem);
        }

        // Ask writes its mark before it raises the limits, and stress its settings: if we overwrote what they raised, we see them.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asked))
        {
            RaiseLimits();
        }
        else if (Arena.Stress.AffectsAllocations)
        {
            RaiseFloor();
        }
    }

    /// <summary>By any thread: sends the owner's next allocation to the slow path; frees stay on the fast one.</summary>
    internal void RaiseFloor() => Volatile.Write(ref Hot.PopLimit, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RaiseLimits()
    {
        RaiseFloor();
        Volatile.Write(ref Hot.Ceiling, int.MinValue);
    }
}
