namespace Engine.Mbufs.Wire;

/// <summary>How much a capture may claim before it is believed.</summary>
internal static class CaptureLimits
{
    /// <summary>
    /// The most interfaces of a section: each costs memory, and what comes first in a stream decides how many there are.
    /// </summary>
    public const int MostInterfaces = 65_536;

    /// <summary>
    /// The most bytes of a captured packet, for a file or an interface with this snap length. Files exist whose packets are
    /// longer than it says, and 0 stands for no limit: so what is usual is always allowed, and more only if the snap length
    /// says so.
    /// </summary>
    public static int MostBytes(uint snapLength)
        => (int)Math.Clamp(snapLength, MbufCaptureReader.UsualSnapLength, MbufCaptureReader.MaximumSnapLength);
}
