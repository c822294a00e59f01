using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>
/// Whatever bytes a capture is made of: packets come out, or one refusal; nothing hangs, leaks, or takes more memory than the
/// file is worth.
/// </summary>
public sealed class CaptureFuzzTests : CaptureFixture
{
    private const int Runs = 3000;

    /// <summary>What a reader, its buffer and an exception with its message take, and each byte of a file at most.</summary>
    private const int ManagedBytes = 40_000;

    private const int ManagedBytesOfByte = 8;

    private static readonly uint[] s_borders =
    [
        0, 1, 2, 4, 11, 12, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 262_144, 262_145, 1_048_577, int.MaxValue,
        0x8000_0000, 0xFFFF_FFFC, uint.MaxValue,
    ];

    private static IEnumerable<CaptureForm> Forms => CaptureForm.All;

    [TestCaseSource(nameof(Forms))]
    public void Damaged_captures_give_packets_or_a_refusal(CaptureForm form)
    {
        var random = new Random(form.ToString().Length);
        int refused = 0;
        for (int run = 0; run < Runs; run++)
        {
            int packets = random.Next(1, 6);
            byte[] file = form.Write([.. Enumerable.Range(0, packets).Select(_ => CapturedPacket.Random(random, 3000))]);
            int damages = random.Next(1, 4);
            for (int i = 0; i < damages && file.Length > 0; i++)
            {
                file = Damage(random, file);
            }

            refused += IsRefused(file, random) ? 1 : 0;
        }

        Assert.That(refused, Is.InRange(Runs / 20, Runs - (Runs / 20)), "Some of the damage is seen, some of it is not.");
    }

    [Test]
    public void Noise_behind_a_beginning_gives_packets_or_a_refusal()
    {
        var random = new Random(11);
        for (int run = 0; run < Runs; run++)
        {
            byte[] noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            byte[] beginning = Forms.ElementAt(random.Next(Forms.Count())).Write([]);
            _ = IsRefused([.. beginning.AsSpan(0, random.Next(beginning.Length + 1)), .. noise], random);
        }
    }

    /// <summary>Reads the capture to its end, or to a refusal.</summary>
    private bool IsRefused(byte[] file, Random random)
    {
        using Stream stream = random.Next(2) == 0
            ? new MemoryStream(file, writable: false)
            : new DribblingStream(file, random.Next(2) == 0 ? static asked => asked : static asked => (asked / 2) + 1);
        bool refused = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ReadToEnd(stream, mostPackets: file.Length / 16);
        }
        catch (InvalidDataException)
        {
            refused = true;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(ManagedBytes + ((long)ManagedBytesOfByte * file.Length)), "Managed bytes.");
        Assert.That(Arena.LiveMbufs, Is.Zero, "A refusal leaves nothing.");
        return refused;
    }

    private void ReadToEnd(Stream stream, int mostPackets)
    {
        using var reader = new MbufCaptureReader(stream, leaveOpen: true);
        using MbufScope mbufs = Arena.Enter();
        for (int packets = 0; reader.Read(mbufs, out MbufChain packet) == MbufCaptureStatus.Packet; packets++)
        {
            Assert.That(packets, Is.LessThan(mostPackets), "A packet takes 16 bytes of a capture, at least.");
            Assert.That(packet.Length, Is.EqualTo(reader.CapturedLength));
            packet.Free();
        }
    }

    private static byte[] Damage(Random random, byte[] file)
    {
        int place = random.Next(file.Length);
        byte[] damaged = [.. file];
        switch (random.Next(6))
        {
            case 0:
                damaged[place] ^= (byte)(1 << random.Next(8));
                return damaged;
            case 1:
                damaged[place] = (byte)random.Next(256);
                return damaged;
            case 2:
                place = Math.Min(place & ~3, file.Length & ~3);
                if (file.Length - place >= sizeof(uint))
                {
                    uint border = s_borders[random.Next(s_borders.Length)];
                    BinaryPrimitives.WriteUInt32LittleEndian(
                        damaged.AsSpan(place), random.Next(2) == 0 ? border : BinaryPrimitives.ReverseEndianness(border));
                }

                return damaged;
            case 3:
                return file[..place];
            case 4:
                return [.. file.AsSpan(0, place), .. file.AsSpan(random.Next(place + 1))];
            default:
                return [.. file.AsSpan(0, place), .. file.AsSpan(random.Next(place, file.Length))];
        }
    }
}
