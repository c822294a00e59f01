namespace Engine.Mbufs.Wire;

/// <summary>The file format of a capture.</summary>
public enum MbufCaptureFormat
{
    /// <summary>The classic format of libpcap, with times in microseconds or nanoseconds (draft-ietf-opsawg-pcap).</summary>
    Pcap = 1,

    /// <summary>The format of blocks that followed it (draft-ietf-opsawg-pcapng).</summary>
    PcapNg = 2,
}

/// <summary>How finely a capture file that is written tells the time.</summary>
public enum MbufCaptureResolution
{
    /// <summary>Microseconds: every program that knows the format reads it. What is finer is cut off.</summary>
    Microseconds = 0,

    /// <summary>Nanoseconds: as fine as a packet's header tells it.</summary>
    Nanoseconds = 1,
}
