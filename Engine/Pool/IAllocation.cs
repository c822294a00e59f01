namespace Engine.Mbufs;

/// <summary>One try of an allocation that can wait: a struct, so that nothing is allocated for it.</summary>
internal interface IAllocation
{
    /// <summary>The index of a head, which is live then; false if the arena cannot give what it needs.</summary>
    bool TryAttempt(ThreadCache cache, out uint head);
}
