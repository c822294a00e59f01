using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>
/// The programs of the field read what the engine writes, and the engine reads what they write. Skipped where they are not.
/// </summary>
public sealed class CaptureProgramTests : CaptureFixture
{
    private string _path = "";

    [SetUp]
    public void Name_a_file() => _path = Path.GetTempFileName();

    [TearDown]
    public void Delete_the_file() => File.Delete(_path);

    [Test]
    public void Tcpdump_reads_what_was_written([Values] MbufCaptureResolution resolution)
    {
        WriteCapture(resolution);

        string[] lines = Run("tcpdump", "-r", _path, "-n", "-tt", "--nano");

        // Packets that it cannot make sense of are followed by dumps of their bytes.
        IEnumerable<string> times = lines.Where(static line => !line.StartsWith("0x", StringComparison.Ordinal))
            .Select(static line => line.Split(' ')[0]);
        Assert.That(times, Is.EqualTo(CapturedPacket.Various.Select(packet => Time(packet, resolution))));
    }

    [Test]
    public void Tshark_reads_what_was_written([Values] MbufCaptureResolution resolution)
    {
        WriteCapture(resolution);

        string[] lines = Run(
            "tshark", "-r", _path, "-n", "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len");

        Assert.That(lines, Is.EqualTo(CapturedPacket.Various.Select(
            packet => FormattableString.Invariant($"{Time(packet, resolution)}\t{packet.Original}\t{packet.Bytes.Length}"))));
    }

    [TestCase("pcap")]
    [TestCase("nsecpcap")]
    [TestCase("pcapng")]
    public void What_editcap_converted_is_read(string format)
    {
        WriteCapture(MbufCaptureResolution.Nanoseconds);
        string converted = _path + "." + format;
        try
        {
            Run("editcap", "-F", format, _path, converted);
            using var reader = new MbufCaptureReader(File.OpenRead(converted));

            AssertSame(ReadAll(reader), CapturedPacket.Various, CaptureForm.All[format == "pcap" ? 0 : 1]);
        }
        finally
        {
            File.Delete(converted);
        }
    }

    private void WriteCapture(MbufCaptureResolution resolution)
    {
        using var writer = new MbufCaptureWriter(File.Create(_path), MbufLinkType.Ethernet, resolution);
        using MbufScope mbufs = Arena.Enter();
        foreach (CapturedPacket captured in CapturedPacket.Various)
        {
            using MbufChain packet = Packet(mbufs, captured.Bytes);
            writer.Write(packet, captured.Nanoseconds, captured.Original);
        }
    }

    private static string Time(CapturedPacket packet, MbufCaptureResolution resolution)
    {
        ulong unit = resolution == MbufCaptureResolution.Nanoseconds ? 1u : 1000u;
        return string.Format(
            CultureInfo.InvariantCulture,
            "{0}.{1:d9}",
            packet.Nanoseconds / 1_000_000_000,
            packet.Nanoseconds / unit * unit % 1_000_000_000);
    }

    private static string[] Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, errors.Result);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (Win32Exception)
        {
            throw new IgnoreException($"There is no {program} on this machine.");
        }
    }
}
