using System.Text.RegularExpressions;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Wrong calls and files that cannot be had: one line that says what is wrong, and an exit code.</summary>
public sealed class ToolCommandLineTests : ToolFixture
{
    private const int Failed = 1;
    private const int WronglyCalled = 2;

    [TestCase("", "which capture?")]
    [TestCase("--verify", "which capture?")]
    [TestCase("a.pcap b.pcap", "'b.pcap' is one capture too many")]
    [TestCase("a.pcap -", "'-' is one capture too many")]
    [TestCase("a.pcap --bogus", "unknown option --bogus; --help lists")]
    [TestCase("a.pcap --verfy", "did you mean --verify?")]
    [TestCase("a.pcap -x", "-x")]
    [TestCase("a.pcap --verify --verify", "--verify is given twice")]
    [TestCase("a.pcap --verify=1", "--verify takes no value")]
    [TestCase("a.pcap --output", "--output needs a value; write --output FILE")]
    [TestCase("a.pcap --output --verify", "--output needs a value")]
    [TestCase("a.pcap --output=", "--output needs a value; write --output FILE")]
    [TestCase("a.pcap --fix-checksums", "--fix-checksums changes packets, and there is no --output")]
    [TestCase("a.pcap --fragment 576", "--fragment changes packets")]
    [TestCase("a.pcap --output ./a.pcap", "is the capture that is read")]
    [TestCase("--output= a.pcap", "--output needs a value")]
    [TestCase("a.pcap --strip-link --add-vlan 5 --output b.pcap", "choose one")]
    public void A_wrong_call_is_told_what_is_wrong(string arguments, string about)
        => Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).IsComplaint(WronglyCalled, about);

    [TestCase("--fragment", "67", "bytes from 68 to 65535")]
    [TestCase("--fragment", "65536", "bytes from 68 to 65535")]
    [TestCase("--fragment", "x", "bytes from 68 to 65535")]
    [TestCase("--fragment", "-1", "bytes from 68 to 65535")]
    [TestCase("--segment", "0", "bytes from 64")]
    [TestCase("--segment-udp", "99999999999", "bytes from 64")]
    [TestCase("--strip-bytes", "0", "bytes from 1 to")]
    [TestCase("--strip-bytes", "+4", "bytes from 1 to")]
    [TestCase("--add-vlan", "0", "VLAN identifier from 1 to 4094")]
    [TestCase("--add-vlan", "4095", "VLAN identifier from 1 to 4094")]
    [TestCase("--add-vlan", "", "--add-vlan needs a value; write --add-vlan ID[:PRIORITY]")]
    [TestCase("--add-vlan", ":1", "VLAN identifier from 1 to 4094")]
    [TestCase("--add-vlan", "5:8", "priority from 0 to 7")]
    [TestCase("--add-vlan", "5:", "priority from 0 to 7")]
    [TestCase("--add-vlan", "5:1:1", "too many colons")]
    public void A_value_that_cannot_be_is_told_what_is_possible(string option, string value, string about)
        => Run("a.pcap", "--output", "b.pcap", $"{option}={value}").IsComplaint(WronglyCalled, about);

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("a.pcap --help --verify")]
    public void Help_lists_every_option_and_the_order_of_the_steps(string arguments)
    {
        ToolEnd end = Run(arguments.Split(' ')).IsGood();
        string[] inOrder =
        [
            "--verify", "--list-bad", "--strip-bytes", "--strip-vlan", "--reassemble", "--decapsulate", "--fix-checksums",
            "--segment", "--segment-udp", "--clear-df", "--fragment", "--strip-link", "--add-vlan", "--output",
            "--nanoseconds", "--help",
        ];
        int[] places = Array.ConvertAll(inOrder, option => Regex.Match(end.Output, $"\n  (-[?], -h, )?{option} ").Index);
        Assert.That(places, Is.All.Positive);
        Assert.That(places, Is.Ordered);
    }

    [Test]
    public void A_capture_that_is_not_there_is_a_failure()
        => Run(PathOf("none.pcap")).IsComplaint(Failed, "none.pcap");

    [Test]
    public void A_folder_for_the_output_that_is_not_there_is_a_failure()
        => Run(Capture(MbufLinkType.Ethernet), "--output", PathOf("none/out.pcap")).IsComplaint(Failed, "none");

    [Test]
    public void What_is_no_capture_is_a_failure() => Run(Save("no capture at all"u8.ToArray())).IsComplaint(Failed, "pcap");

    [Test]
    public void A_capture_that_is_cut_off_is_a_failure_and_what_was_before_is_worked_on()
    {
        string capture = Capture(MbufLinkType.Ethernet, TcpFrame(10), TcpFrame(20));
        File.WriteAllBytes(capture, File.ReadAllBytes(capture)[..^1]);

        ToolEnd end = Run(capture, "--verify", "--output", PathOf("out.pcap"));

        end.IsComplaint(Failed, "The capture ends at byte");
        Assert.That(end.Row("read"), Is.EqualTo(new long[] { 1, 64, 0 }));
        Assert.That(Read(PathOf("out.pcap"), out _).Single().Bytes, Is.EqualTo(TcpFrame(10)));
    }

    [Test]
    public void A_capture_without_packets_gives_one_without_packets()
    {
        ToolEnd end = Change(Capture(MbufLinkType.LinuxSll), out _);
        Assert.That(end.Row("read"), Is.EqualTo(new long[] { 0, 0, 0 }));
        Assert.That(Read(PathOf("out.pcap"), out MbufLinkType linkType), Is.Empty);
        Assert.That(linkType, Is.EqualTo(MbufLinkType.LinuxSll));
    }

    [Test]
    public void Without_a_step_checksums_are_verified()
    {
        ToolEnd end = Run(Capture(MbufLinkType.Ethernet, TcpFrame(10))).IsGood();
        Assert.That(end.Row("TCP")[..2], Is.EqualTo(new long[] { 1, 0 }));
    }
}
