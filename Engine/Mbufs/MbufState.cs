namespace Engine.Mbufs;

/// <summary>What has become of the packet that a handle names; see <c>StateOf</c>.</summary>
public enum MbufState
{
    /// <summary>The handle is null.</summary>
    Null = 0,

    /// <summary>The handle is the live claim on a packet.</summary>
    Live = 1,

    /// <summary>The handle is stale and its mbuf is free (M_FREELIST).</summary>
    Free = 2,

    /// <summary>
    /// The handle is stale and its mbuf is in use: by the same packet under a newer claim, or by another packet.
    /// </summary>
    Reused = 3,

    /// <summary>The handle belongs to another arena.</summary>
    Foreign = 4,
}
