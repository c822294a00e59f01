using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Captures of real traffic have the packets that another program found in them.</summary>
[Category("Captures")]
public sealed class CaptureTruthTests : MbufFixture
{
    private static readonly Dictionary<string, MbufLinkType> s_linkTypes = new()
    {
        ["ether"] = MbufLinkType.Ethernet,
        ["null"] = MbufLinkType.Null,
        ["rawip"] = MbufLinkType.Raw,
        ["linux-sll"] = MbufLinkType.LinuxSll,
        ["linux-sll2"] = MbufLinkType.LinuxSll2,
    };

    [TestCaseSource(typeof(CaptureFolders), nameof(CaptureFolders.All))]
    public void A_capture_has_the_packets_and_lengths_of_its_truth(CaptureFile capture)
    {
        CaptureFolders.Require(capture);
        IReadOnlyList<TabRow> truth = capture.Truth();
        using MbufCaptureReader reader = capture.Open();
        using MbufScope mbufs = Arena.Enter();
        var lengths = new List<(long Original, long Captured)>();
        while (reader.Read(mbufs, out MbufChain packet) is var status && status != MbufCaptureStatus.End)
        {
            Assert.That(status, Is.EqualTo(MbufCaptureStatus.Packet));
            using MbufChain owned = packet;
            Assert.That(owned.IsSane(out string? problem), problem);
            Assert.That(owned.PacketLength, Is.EqualTo(owned.Length));
            Assert.That(owned.ReceiveTimestamp, Is.EqualTo(reader.Timestamp));
            lengths.Add((reader.OriginalLength, owned.Length));
        }

        Assert.Multiple(() =>
        {
            Assert.That(lengths, Is.EqualTo(truth.Select(static row => (row.Number("frame.len"), row.Number("frame.cap_len")))));
            Assert.That(lengths, Has.Count.EqualTo(capture.Index!.Number("packets")));
            Assert.That(lengths.Sum(static packet => packet.Original), Is.EqualTo(capture.Index!.Number("frame_bytes")));
            Assert.That(lengths.Sum(static packet => packet.Captured), Is.EqualTo(capture.Index!.Number("captured_bytes")));
            Assert.That(reader.Format == MbufCaptureFormat.PcapNg, Is.EqualTo(capture.Index!["format"] == "pcapng"));
            if (s_linkTypes.TryGetValue(capture.Index!["linktype"], out MbufLinkType linkType))
            {
                Assert.That(reader.LinkType, Is.EqualTo(linkType));
            }
        });
    }
}
