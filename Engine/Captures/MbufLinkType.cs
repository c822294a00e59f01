namespace Engine.Mbufs;

/// <summary>
/// What the packets of a capture start with: the link types of capture files (LINKTYPE_ values of the tcpdump group). Others than
/// these are numbers.
/// </summary>
public enum MbufLinkType : ushort
{
    /// <summary>A 4-byte address family in the byte order of the machine that captured (LINKTYPE_NULL).</summary>
    Null = 0,

    /// <summary>An Ethernet header (LINKTYPE_ETHERNET).</summary>
    Ethernet = 1,

    /// <summary>An IPv4 or IPv6 header; its version tells which (LINKTYPE_RAW).</summary>
    Raw = 101,

    /// <summary>A 4-byte address family in network byte order (LINKTYPE_LOOP).</summary>
    Loop = 108,

    /// <summary>The 16-byte header of a Linux "cooked" capture (LINKTYPE_LINUX_SLL).</summary>
    LinuxSll = 113,

    /// <summary>An IPv4 header (LINKTYPE_IPV4).</summary>
    IPv4 = 228,

    /// <summary>An IPv6 header (LINKTYPE_IPV6).</summary>
    IPv6 = 229,

    /// <summary>The 20-byte header of a Linux "cooked" capture, version 2 (LINKTYPE_LINUX_SLL2).</summary>
    LinuxSll2 = 276,
}
