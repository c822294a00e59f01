namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>Each fence, and each other precaution, that the protocol needs. Taken out, one at a time, each is found missing.</summary>
internal enum Guard
{
    /// <summary>For the explorer's own tests.</summary>
    Sample,
}
