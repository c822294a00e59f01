using Engine.Mbufs.Tests.Captures;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// Every step on captures of real traffic, some of them cut off and malformed: the tool ends well, or with a message that says
/// why not, and gives every mbuf back, which it checks itself.
/// </summary>
[Category("Captures")]
public sealed class ToolCaptureTests : ToolFixture
{
    private static readonly string[] s_steps =
    [
        "--strip-vlan",
        "--strip-link",
        "--add-vlan 100:5",
        "--strip-bytes 14",
        "--decapsulate --fix-checksums",
        "--segment 1400 --segment-udp 1400 --fix-checksums",
        "--clear-df --fragment 576",
        "--clear-df --fragment 1280 --fix-checksums",
        "--strip-vlan --reassemble --decapsulate --fix-checksums --segment 512 --clear-df --fragment 300 --add-vlan 7",
    ];

    [TestCaseSource(typeof(CaptureFolders), nameof(CaptureFolders.All))]
    public void The_checksums_of_a_capture_are_counted(CaptureFile capture)
    {
        CaptureFolders.Require(capture);

        ToolEnd end = Run(capture.Path!, "--list-bad");

        IsGoodOrMalformed(end);
        Assert.That(end.Row("read")[0], Is.LessThanOrEqualTo(capture.Index!.Number("packets")));
        Assert.That(end.Row("none"), Has.Length.EqualTo(1));
    }

    [TestCaseSource(typeof(CaptureFolders), nameof(CaptureFolders.All))]
    public void Every_step_ends_well_and_what_it_writes_can_be_read(CaptureFile capture)
    {
        CaptureFolders.Require(capture);
        foreach (string steps in s_steps)
        {
            ToolEnd end = Run([capture.Path!, "--output", PathOf("out.pcap"), .. steps.Split(' ')]);

            IsGoodOrMalformed(end);
            Assert.That(Run(PathOf("out.pcap"), "--verify").IsGood().Row("read")[0], Is.EqualTo(end.Row("written")[0]), steps);
        }
    }

    [TestCaseSource(typeof(CaptureFolders), nameof(CaptureFolders.All))]
    public void Checksums_that_were_fixed_are_right(CaptureFile capture)
    {
        CaptureFolders.Require(capture);
        ToolEnd fixing = Run(capture.Path!, "--fix-checksums", "--output", PathOf("out.pcap"));
        IsGoodOrMalformed(fixing);

        ToolEnd again = Run(PathOf("out.pcap"), "--fix-checksums", "--output", PathOf("again.pcap")).IsGood();

        long[] second = again.Row("--fix-checksums");
        Assert.That(second.Length == 0 || second[0] == 0, "There is nothing left to fix.");
        Assert.That(File.ReadAllBytes(PathOf("again.pcap")), Is.EqualTo(File.ReadAllBytes(PathOf("out.pcap"))));
    }

    /// <summary>Cut into fragments and put together again, packets are what they were.</summary>
    [TestCaseSource(typeof(CaptureFolders), nameof(CaptureFolders.All))]
    public void Fragments_of_a_capture_are_put_together_to_what_they_were(CaptureFile capture)
    {
        CaptureFolders.Require(capture);
        string[] whole = [capture.Path!, "--reassemble", "--clear-df", "--output", PathOf("whole.pcap")];
        IsGoodOrMalformed(Run(whole));
        foreach (string mtu in new[] { "576", "1280" })
        {
            _ = Run(PathOf("whole.pcap"), "--fragment", mtu, "--output", PathOf("cut.pcap")).IsGood();
            _ = Run(PathOf("cut.pcap"), "--reassemble", "--output", PathOf("joined.pcap")).IsGood();

            CapturedPacket[] before = Read(PathOf("whole.pcap"), out _);
            CapturedPacket[] after = Read(PathOf("joined.pcap"), out _);
            Assert.That(BytesOf(after), Is.EqualTo(BytesOf(before)), mtu);
        }
    }

    private static void IsGoodOrMalformed(ToolEnd end)
    {
        if (end.ExitCode != PacketTool.Program.Done)
        {
            end.IsComplaint(PacketTool.Program.Failed, "malformed");
        }
    }
}
