namespace Engine.Mbufs.Tests.Model;

/// <summary>What one step came to.</summary>
internal enum Outcome
{
    /// <summary>There was nothing to do it with.</summary>
    Idle,

    /// <summary>The operation did it, and the model agrees.</summary>
    Done,

    /// <summary>The operation refused, as it must: there are not so many bytes, or no such thing.</summary>
    OutOfReach,

    /// <summary>The operation refused for want of memory, real or made up by stress.</summary>
    Exhausted,
}
