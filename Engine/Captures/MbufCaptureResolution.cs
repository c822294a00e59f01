namespace Engine.Mbufs.Wire;

/// <summary>How finely a capture file that is written tells the time.</summary>
public enum MbufCaptureResolution
{
    /// <summary>Microseconds: every program that knows the format reads it. What is finer is cut off.</summary>
    Microseconds = 0,

    /// <summary>Nanoseconds: as fine as a packet's header tells it.</summary>
    Nanoseconds = 1,
}
