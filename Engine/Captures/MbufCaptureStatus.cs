namespace Engine.Mbufs.Wire;

/// <summary>What came of reading the next packet of a capture.</summary>
public enum MbufCaptureStatus
{
    /// <summary>There is a packet, and it is the caller's.</summary>
    Packet = 0,

    /// <summary>The capture ended behind its last packet.</summary>
    End = 1,

    /// <summary>The arena had no memory for the packet: nothing is lost, the next read gives it.</summary>
    Exhausted = 2,
}
