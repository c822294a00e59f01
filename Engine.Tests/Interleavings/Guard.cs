namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>
/// Each fence, and each other precaution, that the engine's protocol between threads needs. Taken out of a model, one at a time,
/// each is found missing; the source names each at the place where it is.
/// </summary>
internal enum Guard
{
    /// <summary>For the explorer's own tests; nowhere in the engine.</summary>
    Sample,

    /// <summary>A full fence between the mark of Dispose and its look at the claims.</summary>
    DisposeMarksFirst,

    /// <summary>A full fence between the claim that opens a scope and its look at the mark of Dispose.</summary>
    OpenClaimsFirst,

    /// <summary>Who opened a scope looks whether the arena was disposed.</summary>
    OpenLooksForDispose,

    /// <summary>Who opened a scope looks for waiters, which could not ask a cache that was idle.</summary>
    OpenLooksForWaiters,

    /// <summary>A full fence between the limits that are restored and the look at the request.</summary>
    RestoreFirst,

    /// <summary>Who restored the limits looks at the request.</summary>
    RestoreLooksForRequest,

    /// <summary>A request sets its mark before it raises the limits.</summary>
    RequestMarksFirst,

    /// <summary>A full fence between the claim that is given back and the looks for waiters and at the mark of Dispose.</summary>
    CloseGivesBackFirst,

    /// <summary>Who gave the claim back looks for waiters, which saw the cache in use.</summary>
    CloseLooksForWaiters,

    /// <summary>Who gave the claim back looks whether the arena was disposed meanwhile.</summary>
    CloseLooksForDispose,

    /// <summary>What a drainer moved is in memory before the claim is given back.</summary>
    DrainEndsLast,

    /// <summary>A full fence between the waiter that counts itself and its look at what there is.</summary>
    WaiterCountsFirst,

    /// <summary>A full fence around the push of a magazine: its contents before, the look for waiters after.</summary>
    PushIsFence,

    /// <summary>Who pushed a magazine looks for waiters.</summary>
    PushLooksForWaiters,

    /// <summary>The tag in the head of a stack of magazines.</summary>
    HeadHasTag,
}
