using Engine.Mbufs.Wire;

namespace PacketTool;

/// <summary>How many checksums of each protocol came to which verdict.</summary>
internal sealed class ChecksumTally
{
    private static readonly string[] s_protocols = ["IPv4 header", "TCP", "UDP", "ICMP", "ICMPv6", "IGMP", "SCTP"];

    private readonly long[,] _counts = new long[s_protocols.Length, Enum.GetValues<MbufChecksumVerdict>().Length];

    /// <summary>The name of each row.</summary>
    public static IReadOnlyList<string> Protocols => s_protocols;

    /// <summary>Frames without any checksum that is looked into.</summary>
    public long Without { get; set; }

    public long this[int protocol, MbufChecksumVerdict verdict] => _counts[protocol, (int)verdict];

    /// <summary>The name of a transport that has a checksum.</summary>
    public static string NameOf(IPProtocol protocol) => s_protocols[RowOf(protocol)];

    /// <returns>True if there was any checksum.</returns>
    public bool Count(MbufChecksumReport report)
    {
        if (report.Network != MbufChecksumVerdict.None)
        {
            _counts[0, (int)report.Network]++;
        }

        if (report.Transport != MbufChecksumVerdict.None)
        {
            _counts[RowOf(report.Protocol), (int)report.Transport]++;
        }

        return report is not { Network: MbufChecksumVerdict.None, Transport: MbufChecksumVerdict.None };
    }

    private static int RowOf(IPProtocol protocol) => protocol switch
    {
        IPProtocol.Tcp => 1,
        IPProtocol.Udp => 2,
        IPProtocol.Icmp => 3,
        IPProtocol.IcmpV6 => 4,
        IPProtocol.Igmp => 5,
        _ => 6,
    };
}
