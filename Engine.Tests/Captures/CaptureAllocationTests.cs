using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Once warm, neither reading nor writing a packet allocates managed memory.</summary>
public sealed class CaptureAllocationTests : CaptureFixture
{
    private const int PacketsOfTurn = 30;
    private const int Turns = 4;

    private static IEnumerable<CaptureForm> Forms => CaptureForm.All;

    [TestCaseSource(nameof(Forms))]
    public void Reading_allocates_nothing(CaptureForm form)
    {
        CapturedPacket[] packets = [.. Enumerable.Range(0, PacketsOfTurn * Turns).Select(static number => Of(number))];
        using var reader = new MbufCaptureReader(new MemoryStream(form.Write(packets), writable: false));

        AllocationAssert.IsFree(Arena, mbufs =>
        {
            for (int i = 0; i < PacketsOfTurn; i++)
            {
                Check(reader.Read(mbufs, out MbufChain packet) == MbufCaptureStatus.Packet);
                Check(packet.Length == reader.CapturedLength && packet.ReceiveTimestamp == reader.Timestamp);
                packet.Free();
            }
        });
    }

    [Test]
    public void Reading_a_file_allocates_nothing()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, CaptureForm.All[0].Write([.. Enumerable.Range(0, PacketsOfTurn * Turns).Select(Of)]));
            using var reader = new MbufCaptureReader(File.OpenRead(path));

            AllocationAssert.IsFree(Arena, mbufs =>
            {
                for (int i = 0; i < PacketsOfTurn; i++)
                {
                    Check(reader.Read(mbufs, out MbufChain packet) == MbufCaptureStatus.Packet);
                    packet.Free();
                }
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void A_read_without_memory_and_one_at_the_end_allocate_nothing()
    {
        using var reader = new MbufCaptureReader(new PcapBytes().Packet(Pattern(5000)).ToStream());
        MbufArena small = NewArena(mbufs: 4, clusters: 1);
        AllocationAssert.IsFree(small, mbufs => Check(reader.Read(mbufs, out _) == MbufCaptureStatus.Exhausted));

        Assert.That(ReadAll(reader), Has.Count.EqualTo(1));
        AllocationAssert.IsFree(Arena, mbufs => Check(reader.Read(mbufs, out _) == MbufCaptureStatus.End));
    }

    [Test]
    public void Writing_allocates_nothing([Values] MbufCaptureResolution resolution)
    {
        using var stream = new MemoryStream(new byte[100_000]);
        using var writer = new MbufCaptureWriter(stream, MbufLinkType.Ethernet, resolution);
        byte[] bytes = Pattern(30_000);

        AllocationAssert.IsFree(Arena, mbufs =>
        {
            stream.Position = 0;
            using MbufChain packet = mbufs.AllocatePacket();
            Check(packet.TryAppend(bytes));
            packet.ReceiveTimestamp = 1_700_000_000_123_456_789;
            writer.Write(packet);
            writer.Write(packet, timestamp: 0, originalLength: 40_000);
            writer.Flush();
        });
    }

    private static CapturedPacket Of(int number)
    {
        int length = number % PacketsOfTurn * 300;
        return new CapturedPacket(Pattern(length), (ulong)number * 1_000_000_007, (uint)length);
    }

    /// <summary>An assertion that allocates nothing when it holds.</summary>
    private static void Check(bool truth)
    {
        if (!truth)
        {
            Assert.Fail("What is measured did not happen.");
        }
    }
}
