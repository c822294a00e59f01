using System.Diagnostics;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>
/// Programs on the engine need no OpenSSL: on an image without it the runtime ends a process at its first use. What was ever loaded, or
/// looked for, is in the log of the dynamic linker.
/// </summary>
[Platform("Linux", Reason = "Elsewhere the system has its own random numbers.")]
public sealed class LoadedLibraryTests : ToolFixture
{
    private const string Log = "linker";

    [Test]
    public void Fragmenting_and_reassembling_load_no_cryptography()
    {
        byte[] six = WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(5000), overIPv6: true));
        string capture = Capture(MbufLinkType.Ethernet, Ethernet(EtherType.IPv6, six));
        string tool = typeof(PacketTool.Program).Assembly.Location;

        string[] loaded = Load(tool, capture, "--output", PathOf("cut.pcap"), "--fragment", "1280");
        Assert.That(Read(PathOf("cut.pcap"), out _), Has.Length.GreaterThan(1), "Identifications are random.");
        AssertNoCryptography(loaded);

        loaded = Load(tool, PathOf("cut.pcap"), "--output", PathOf("whole.pcap"), "--reassemble");
        Assert.That(Read(PathOf("whole.pcap"), out _), Has.Length.EqualTo(1), "Hashes have random coefficients.");
        AssertNoCryptography(loaded);
    }

    [Test]
    public void The_proxy_loads_no_cryptography() => AssertNoCryptography(Load(ProxyProcess.Assembly, "--seconds", "300ms", "--json"));

    private static void AssertNoCryptography(string[] loaded) => Assert.That(
        loaded.Where(static line => line.Contains("libssl") || line.Contains("libcrypto") || line.Contains("Cryptography")),
        Is.Empty);

    /// <summary>Runs a program to its good end. Gives what the dynamic linker says of it, a line for each file.</summary>
    private string[] Load(string assembly, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(ProxyProcess.Host, [assembly, .. arguments])
        {
            Environment = { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = PathOf(Log) },
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);

        string log = PathOf($"{Log}.{process.Id}");
        string[] loaded = File.Exists(log) ? [.. File.ReadLines(log).Where(static line => line.Contains("file="))] : [];
        if (!loaded.Any(static line => line.Contains("libcoreclr")))
        {
            Assert.Ignore("The dynamic linker of this system keeps no log.");
        }

        return loaded;
    }
}
