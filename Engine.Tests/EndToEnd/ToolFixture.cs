using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Runs the packet tool inside of the tests' process, on captures that are made by hand.</summary>
[Category("EndToEnd")]
public abstract class ToolFixture
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("packettool-").FullName;

    [TearDown]
    public void Delete_the_folder() => Directory.Delete(_folder, recursive: true);

    private protected string PathOf(string name) => Path.Combine(_folder, name);

    private protected static ToolEnd Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        int exitCode = PacketTool.Program.Run(arguments, output, errors);
        return new ToolEnd(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>A capture with these frames, a millisecond apart.</summary>
    private protected string Capture(MbufLinkType linkType, params IEnumerable<byte[]> frames)
    {
        var capture = new PcapBytes(linkType: (uint)linkType);
        ulong time = 1_700_000_000_000_000_000;
        foreach (byte[] frame in frames)
        {
            _ = capture.Packet(frame, time);
            time += 1_000_000;
        }

        return Save(capture.ToArray());
    }

    private protected string Save(byte[] capture, string name = "in.pcap")
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, capture);
        return path;
    }

    /// <summary>Runs with --output, and gives what was written.</summary>
    private protected ToolEnd Change(string capture, out CapturedPacket[] written, params IEnumerable<string> steps)
    {
        string path = PathOf("out.pcap");
        ToolEnd end = Run([capture, "--output", path, .. steps]).IsGood();
        written = Read(path, out _);
        long bytes = BytesOf(written).Sum(static frame => frame.Length);
        Assert.That(end.Row("written")[..2], Is.EqualTo(new[] { written.Length, bytes }));
        return end;
    }

    private protected static CapturedPacket[] Read(string path, out MbufLinkType linkType)
    {
        using var arena = new MbufArena();
        using var reader = new MbufCaptureReader(File.OpenRead(path));
        using MbufScope mbufs = arena.Enter();
        var packets = new List<CapturedPacket>();
        while (reader.Read(mbufs, out MbufChain read) == MbufCaptureStatus.Packet)
        {
            using MbufChain packet = read;
            packets.Add(new CapturedPacket(ChainAssert.Bytes(packet), reader.Timestamp, (uint)reader.OriginalLength));
        }

        linkType = reader.LinkType;
        return [.. packets];
    }

    private protected static byte[][] BytesOf(CapturedPacket[] packets)
        => Array.ConvertAll(packets, static packet => packet.Bytes);

    /// <summary>An Ethernet frame, without padding.</summary>
    private protected static byte[] Ethernet(EtherType type, ReadOnlySpan<byte> payload, params ReadOnlySpan<ushort> tags)
    {
        List<byte> frame = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        for (int i = 0; i < tags.Length; i++)
        {
            EtherType tag = i < tags.Length - 1 ? EtherType.ProviderVlan : EtherType.Vlan;
            frame.AddRange([(byte)((int)tag >> 8), (byte)tag, (byte)(tags[i] >> 8), (byte)tags[i]]);
        }

        frame.AddRange([(byte)((int)type >> 8), (byte)type]);
        frame.AddRange(payload);
        return [.. frame];
    }

    /// <summary>An IPv4 packet with a TCP segment in an Ethernet frame, all checksums right.</summary>
    private protected static byte[] TcpFrame(int payload, int seed = 1)
        => Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(BytePattern.Of(payload, seed))));
}
