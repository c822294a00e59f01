namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>
/// Each fence, and each other precaution, that the engine's protocol between threads needs. Taken out of a model, one at a time,
/// each is found missing; the source names each at the place where it is, as <c>[guard: Sample]</c>.
/// </summary>
internal enum Guard
{
    /// <summary>For the explorer's own tests; nowhere in the engine.</summary>
    Sample,

    /// <summary>A full fence between the mark of Dispose and its look at the claims.</summary>
    DisposeMarksFirst,

    /// <summary>Dispose wakes those who sleep for memory.</summary>
    DisposeWakesWaiters,

    /// <summary>Dispose wakes those who sleep for a cache.</summary>
    DisposeWakesSleepers,

    /// <summary>A full fence between the claim that opens a scope and its look at the concerns.</summary>
    OpenClaimsFirst,

    /// <summary>Who opened a scope looks whether the arena was disposed.</summary>
    OpenLooksForDispose,

    /// <summary>Who opened a scope looks for waiters, which could not ask a cache that was idle.</summary>
    OpenLooksForWaiters,

    /// <summary>A full fence between the limits that are restored and the looks at the request and at stress.</summary>
    RestoreFirst,

    /// <summary>Who restored the limits looks at the request.</summary>
    RestoreLooksForRequest,

    /// <summary>Who restored the limits looks at stress.</summary>
    RestoreLooksForStress,

    /// <summary>The limits that a request raises are not seen before its mark: they are volatile.</summary>
    RequestMarksFirst,

    /// <summary>The floors that stress raises are not seen before its settings: they are volatile.</summary>
    StressSetsFirst,

    /// <summary>A full fence between the claim that is given back and the look at the concerns.</summary>
    CloseGivesBackFirst,

    /// <summary>Who gave the claim back looks for waiters, which saw the cache in use.</summary>
    CloseLooksForWaiters,

    /// <summary>Who gave the claim back looks for those who sleep for a cache.</summary>
    CloseLooksForSleepers,

    /// <summary>Who gave the claim back looks whether the arena was disposed meanwhile.</summary>
    CloseLooksForDispose,

    /// <summary>A full fence between the end of a drain and the look at the concerns; and what was moved is in memory before.</summary>
    DrainEndsFirst,

    /// <summary>Who ended a drain looks for those who sleep for a cache.</summary>
    DrainLooksForSleepers,

    /// <summary>Who adopts a cache compares the whole claim with that of the thread that ended.</summary>
    AdoptionComparesOwner,

    /// <summary>A full fence between the waiter that counts itself and its look at what there is.</summary>
    WaiterCountsFirst,

    /// <summary>A full fence between the sleeper that counts itself and its look at the caches.</summary>
    SleeperCountsFirst,

    /// <summary>A sleeper reads the number of events before it looks at the caches.</summary>
    SleeperReadsNumberFirst,

    /// <summary>A sleeper compares the number of events under the lock that it sleeps at.</summary>
    SleeperComparesNumber,

    /// <summary>A full fence between the end of a cache's ownership and the look at the concerns.</summary>
    OwnershipEndsFirst,

    /// <summary>Who gave up a cache looks for those who sleep for one.</summary>
    OwnershipLooksForSleepers,

    /// <summary>A full fence around the push of a magazine: its contents before, the look for waiters after.</summary>
    PushIsFence,

    /// <summary>Who pushed a magazine looks for waiters.</summary>
    PushLooksForWaiters,

    /// <summary>The tag in the head of a stack of magazines.</summary>
    HeadHasTag,
}
