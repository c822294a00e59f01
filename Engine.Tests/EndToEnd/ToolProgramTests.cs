using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

using Engine.Mbufs.Tests.Captures;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>What the programs of the field say to what the tool writes, and the tool as a program itself.</summary>
public sealed class ToolProgramTests : ToolFixture
{
    private static readonly string[] s_steps =
    [
        "--fix-checksums",
        "--fix-checksums --strip-link",
        "--fix-checksums --add-vlan 5",
        "--fix-checksums --clear-df --fragment 576",
        "--reassemble --fix-checksums",
    ];

    [Test]
    public void Tcpdump_finds_no_wrong_checksum([ValueSource(nameof(s_steps))] string steps)
    {
        _ = Change(Traffic(), out _, steps.Split(' '));

        string output = Start("tcpdump", "-nn", "-vv", "-r", PathOf("out.pcap"));

        Assert.That(output, Does.Not.Contain("bad ").And.Not.Contain("incorrect").And.Not.Contain("wrong"));
        Assert.That(output, Does.Contain("(correct)").Or.Contain("sum ok"));
    }

    [Test]
    public void Tshark_finds_no_wrong_checksum([ValueSource(nameof(s_steps))] string steps)
    {
        _ = Change(Traffic(), out CapturedPacket[] written, steps.Split(' '));

        string output = Start(
            "tshark", "-n", "-r", PathOf("out.pcap"), "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
            "-o", "udp.check_checksum:TRUE", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-T", "fields",
            "-e", "frame.number", "-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "udp.checksum.status",
            "-e", "icmp.checksum.status", "-e", "icmpv6.checksum.status");

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(written.Length));
        Assert.That(lines.Where(static line => line.Split('\t').Skip(1).Contains("0")), Is.Empty, "0 is bad.");
    }

    [Test]
    public void As_a_program_it_writes_where_programs_write_and_ends_with_its_code()
    {
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        string assembly = typeof(PacketTool.Program).Assembly.Location;
        using Process process = Process.Start(new ProcessStartInfo(dotnet, [assembly, "-", "--list-bad"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.BaseStream.Write(File.ReadAllBytes(Traffic()).AsSpan()[..^1]);
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        new ToolEnd(process.ExitCode, output, errors).IsComplaint(PacketTool.Program.Failed, "-: The capture ends at byte");
        Assert.That(output, Does.Contain("frame 2: TCP checksum is wrong"));
    }

    /// <summary>Packets of all kinds, whose checksums are those of a host that left them to its hardware.</summary>
    private string Traffic()
    {
        byte[][] frames =
        [
            TcpFrame(100),
            TcpFrame(1400, seed: 2),
            TcpFrame(9000, seed: 3),
            Ethernet(EtherType.IPv6, WirePacket.IPv6(IPProtocol.Tcp, WirePacket.Tcp(BytePattern.Of(701), overIPv6: true))),
            Ethernet(EtherType.IPv6, WirePacket.IPv6(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(1201), overIPv6: true)), 9),
            Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Udp, WirePacket.Udp(BytePattern.Of(33)), options: [1, 1, 1, 0])),
            Ethernet(EtherType.IPv4, WirePacket.IPv4(IPProtocol.Icmp, WirePacket.Echo(BytePattern.Of(77), overIPv6: false))),
            Ethernet(EtherType.IPv6, WirePacket.IPv6(IPProtocol.IcmpV6, WirePacket.Echo(BytePattern.Of(77), overIPv6: true))),
        ];
        int[] places = [14 + 36, 14 + 36, 14 + 10, 14 + 57, 18 + 46, 14 + 31, 14 + 22, 14 + 43];
        for (int i = 1; i < frames.Length; i++)
        {
            frames[i][places[i]] ^= 0x11;
        }

        return Capture(MbufLinkType.Ethernet, frames);
    }

    private static string Start(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, errors.Result);
            return output;
        }
        catch (Win32Exception)
        {
            throw new IgnoreException($"There is no {program} on this machine.");
        }
    }
}
