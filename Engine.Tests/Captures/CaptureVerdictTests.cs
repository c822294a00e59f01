using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>On captures of real traffic, the verdicts on checksums are those of another program.</summary>
[Category("Captures")]
public sealed class CaptureVerdictTests : MbufFixture
{
    /// <summary>What may stand before a header in a frame so that this test's walk comes to it.</summary>
    private static readonly HashSet<string> s_passed =
    [
        "eth", "ethertype", "vlan", "ieee8021ad", "sll", "null", "raw", "ip", "ipv6", "ipv6.hopopts", "ipv6.dstopts", "ipv6.routing",
        "ipv6.fraghdr", "ah", "gre", "vxlan",
    ];

    [TestCaseSource(typeof(CaptureFolders), nameof(CaptureFolders.All))]
    public void The_outermost_checksums_are_judged_as_the_truth_judges_them(CaptureFile capture)
    {
        CaptureFolders.Require(capture);
        var differences = new List<string>();
        int compared = 0;
        using (MbufCaptureReader reader = capture.Open())
        using (MbufScope mbufs = Arena.Enter())
        {
            foreach (TabRow row in capture.Truth())
            {
                Assert.That(reader.Read(mbufs, out MbufChain packet), Is.EqualTo(MbufCaptureStatus.Packet));
                using MbufChain frame = packet;
                TunnelWalk walk = TunnelWalk.Over(frame, reader.LinkType, reader.OriginalLength == frame.Length);
                compared += Compare(row, "ip", walk.IPv4, differences) + Compare(row, "tcp", walk.Tcp, differences)
                    + Compare(row, "udp", walk.Udp, differences);
            }
        }

        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences));
        TestContext.Out.WriteLine($"{compared} checksums compared");
    }

    /// <summary>1 if the truth has a verdict that this test can come to.</summary>
    private static int Compare(TabRow row, string protocol, MbufChecksumVerdict verdict, List<string> differences)
    {
        string status = row.Outermost($"{protocol}.checksum.status");
        string[] path = row["frame.protocols"].Split(':');
        int place = Array.IndexOf(path, protocol);
        if (status is "" or "2" || (place >= 0 && path.Take(place).Where((name, i) => !IsPassed(path, i)).Any()))
        {
            return 0;
        }

        if (!Allowed(status).Contains(verdict))
        {
            differences.Add($"frame {row["frame.number"]}, {protocol}: the truth is '{status}', found was {verdict} in {row["frame.protocols"]}");
        }

        return 1;
    }

    /// <summary>A datagram is only gone into where it is a tunnel.</summary>
    private static bool IsPassed(string[] path, int place)
        => s_passed.Contains(path[place]) || (path[place] == "udp" && path.ElementAtOrDefault(place + 1) == "vxlan");

    /// <summary>
    /// A transport that is shorter than its own header is bad to the truth, a datagram without checksum that is longer than its
    /// packet is just that; here both are illegal.
    /// </summary>
    private static MbufChecksumVerdict[] Allowed(string status) => status switch
    {
        "0" => [MbufChecksumVerdict.Invalid, MbufChecksumVerdict.Illegal],
        "1" => [MbufChecksumVerdict.Valid],
        "3" => [MbufChecksumVerdict.Absent, MbufChecksumVerdict.Illegal],
        "4" => [MbufChecksumVerdict.Illegal],
        _ => throw new InvalidDataException($"'{status}' is no status of a checksum."),
    };
}
