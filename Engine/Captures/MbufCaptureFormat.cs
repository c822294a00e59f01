namespace Engine.Mbufs.Wire;

/// <summary>The file format of a capture.</summary>
public enum MbufCaptureFormat
{
    /// <summary>The classic format of libpcap, with times in microseconds or nanoseconds (draft-ietf-opsawg-pcap).</summary>
    Pcap = 1,

    /// <summary>The format of blocks that followed it (draft-ietf-opsawg-pcapng).</summary>
    PcapNg = 2,
}
