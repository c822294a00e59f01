using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>The claim on the cache: who opens, closes, drains, parks and retires it, and the limits that ask its owner to flush.</content>
internal sealed partial class ThreadCache
{
    /// <summary>True if a thread, which asks for itself, has a scope of this cache open.</summary>
    public bool IsOpenFor(CacheOwner owner) => Volatile.Read(ref _claim) == owner.OpenClaim;

    /// <summary>Claims the cache for the calling thread, if it is idle and the arena is not disposed.</summary>
    public bool TryOpen(CacheOwner owner)
    {
        // [guard: OpenClaimsFirst]
        if (Interlocked.CompareExchange(ref _claim, owner.OpenClaim, Claim.Idle) != Claim.Idle)
        {
            return false;
        }

        if (Arena.HasConcerns)
        {
            CheckAtOpening();
        }

        if (_owner != owner)
        {
            _owner = owner;
        }

        _serial++;
        RestoreLimits();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckAtOpening()
    {
        if (Arena.IsDisposed)
        {
            // Dispose looks at the claims after it has set its mark, we at the mark after the claim: one of us sees the other.
            // [guard: OpenLooksForDispose]
            Interlocked.Exchange(ref _claim, Claim.Idle);
            Arena.TryRelease();
            throw new ObjectDisposedException(nameof(MbufArena));
        }

        if (Arena.HasWaiters)
        {
            // Who waits asked the caches that were open then; this one asks itself. [guard: OpenLooksForWaiters]
            Volatile.Write(ref _flushRequested, true);
        }
    }

    /// <summary>
    /// Ends the opening with this number, if it is still open: a second Dispose, of a copy, does nothing. Refused to foreign code that an
    /// operation of this opening has called: what that holds would be nobody's, and it would go on in a cache that may be another thread's.
    /// </summary>
    public void Close(uint serial)
    {
        if (serial != _serial)
        {
            return;
        }

        if (_foreignCalls != 0)
        {
            ThrowHelper.ClosedFromInside();
        }

        Debug.Assert(_claim == CacheOwner.Current.OpenClaim, "An opening whose number is current is the calling thread's.");
        EndOpening();
        try
        {
            if (_flushRequested || Arena.HasWaiters)
            {
                Arena.Flush(this);
            }
        }
        finally
        {
            // Also if the thread is interrupted while it waits for the gate. [guard: CloseGivesBackFirst]
            Interlocked.Exchange(ref _claim, Claim.Idle);
        }

        if (Arena.HasConcerns)
        {
            Arena.WakeAfterClosing(); // Also who registered after we looked: idle now, the cache can be entered, and drained.
        }
    }

    /// <summary>The end of an opening: its scopes and chains fail from now on, since none of them has the number of the next one.</summary>
    private void EndOpening()
    {
        _serial++;
        Hot.Opening += OpeningStep;
        Hot.Front.MoveToNextOpening();
        Volatile.Write(ref Hot.PopLimit, 0);
        Volatile.Write(ref Hot.FreeLimit, 0);
    }

    /// <summary>Forgets the arena's memory, which is about to be freed. Every index fails from now on.</summary>
    public void Withdraw()
    {
        Hot.LastIndex = 0;
        Hot.Opening |= Mbuf.AnyIndex; // No scope, chain or walk has this number, however many openings have passed.
        Hot.Memory = default;
        RaiseLimits();
    }

    /// <summary>Under the gate: asks the owner of an open cache to flush at its next operation.</summary>
    public void RequestFlush()
    {
        Volatile.Write(ref _flushRequested, true);
        RaiseLimits(); // By volatile writes, which nobody sees before the mark. [guard: RequestMarksFirst]
    }

    /// <summary>Under the gate, by the owner or a drainer: the cache was flushed and nobody waits.</summary>
    public void ClearFlushRequest() => Volatile.Write(ref _flushRequested, false);

    /// <summary>
    /// Under the gate: takes the claim of a cache that nobody works with, for draining: it is idle, its owner sleeps, or its owner
    /// has ended.
    /// </summary>
    public bool TryBeginDrain()
    {
        long claim = Volatile.Read(ref _claim);
        long state = Claim.StateOf(claim);
        return state == Claim.Idle || state == Claim.Parked
            ? Interlocked.CompareExchange(ref _claim, Claim.InState(claim, state == Claim.Idle ? Claim.Draining : Claim.DrainingParked), claim) == claim
            : TryBeginAdoption();
    }

    /// <summary>
    /// Under the gate: takes the claim of a thread that ended inside a scope, as that thread would have left it. Nobody else can change the
    /// claim of such a thread, and no other thread's is equal to it.
    /// </summary>
    public bool TryBeginAdoption()
    {
        long claim = Volatile.Read(ref _claim);
        CacheOwner? owner = Volatile.Read(ref _owner);
        // [guard: AdoptionComparesOwner]
        if (owner is null || owner.OpenClaim != claim || owner.IsAlive
            || Interlocked.CompareExchange(ref _claim, Claim.Draining, claim) != claim)
        {
            return false;
        }

        EndOpening();
        IsWaiting = false;
        _isProbing = false;
        Gathered.IsOn = false;
        Due.AreHeld = false;
        _foreignCalls = 0;
        return true;
    }

    /// <summary>Under the gate: ends the life of a cache that nobody owns and nobody is in.</summary>
    public bool TryRetire()
        => !IsExplicit && Interlocked.CompareExchange(ref _claim, Claim.Retired, Claim.Idle) == Claim.Idle;

    /// <summary>Gives the empty magazines of a retired cache to the depot.</summary>
    public void UnloadMagazines()
    {
        for (int zone = 0; zone < ArenaLayout.ZoneCount; zone++)
        {
            Hot.Magazines[zone].Unload(Arena.EmptyMagazines);
        }
    }

    /// <summary>Under the gate. A cache that became idle may be what somebody sleeps for.</summary>
    public void EndDrain()
    {
        bool parked = Claim.StateOf(_claim) == Claim.DrainingParked;
        Interlocked.Exchange(ref _claim, parked ? Claim.InState(_claim, Claim.Parked) : Claim.Idle); // [guard: DrainEndsFirst]
        if (!parked)
        {
            Arena.WakeForCache(); // [guard: DrainLooksForSleepers]
        }
    }

    /// <summary>Under the gate, by the owner: lets others drain the cache while it sleeps.</summary>
    public void Park() => Interlocked.Exchange(ref _claim, Claim.InState(_claim, Claim.Parked));

    /// <summary>Under the gate, so that nobody drains meanwhile.</summary>
    public void Unpark()
    {
        Debug.Assert(Claim.StateOf(_claim) == Claim.Parked, "Who drains a parked cache ends that before it leaves the gate.");
        Interlocked.Exchange(ref _claim, Claim.InState(_claim, Claim.Open));
    }

    /// <summary>Fast paths on, unless there is a reason to keep them off.</summary>
    public void RestoreLimits()
    {
        if (Arena.HasFastFrees)
        {
            Volatile.Write(ref Hot.PopLimit, Mbuf.AnyIndex);
            Volatile.Write(ref Hot.FreeLimit, MbufHeader.FirstTired);
        }
        else if (!Arena.IsChecked)
        {
            Volatile.Write(ref Hot.PopLimit, Mbuf.AnyIndex);
        }

        // RequestFlush writes its mark before it raises the limits, and stress its settings: if we overwrote what they raised, we see them.
        Interlocked.MemoryBarrier(); // [guard: RestoreFirst]
        if (Volatile.Read(ref _flushRequested))
        {
            RaiseLimits(); // [guard: RestoreLooksForRequest]
        }
        else if (Arena.Stress.AffectsAllocations)
        {
            RaiseFloor(); // [guard: RestoreLooksForStress]
        }
    }

    /// <summary>By any thread: sends the owner's next allocation to the slow path; frees stay on the fast one.</summary>
    public void RaiseFloor() => Volatile.Write(ref Hot.PopLimit, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RaiseLimits()
    {
        RaiseFloor();
        Volatile.Write(ref Hot.FreeLimit, 0);
    }
}
