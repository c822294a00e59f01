using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class SystemRandomTests
{
    /// <summary>What the kernel gives in one call, at most: GETRANDOM_MAX of Linux' drivers/char/random.c, a little less than 32 MiB.</summary>
    private const int MostOfOneCall = 32 << 20;

    private delegate void Filling(Span<byte> bytes);

    [Test]
    public void Every_byte_is_filled_and_none_beside([Values(0, 1, 7, 255, 256, 257, 4097)] int length, [Values] bool device)
    {
        Filling fill = FillingOf(device);
        byte[] all = new byte[length + 2];
        byte[] seen = new byte[length];
        for (int round = 0; round < 30; round++)
        {
            fill(all.AsSpan(1, length));
            for (int i = 0; i < length; i++)
            {
                seen[i] |= all[1 + i];
            }
        }

        Assert.That((all[0], all[^1]), Is.EqualTo(((byte)0, (byte)0)));
        Assert.That(seen, Has.None.Zero, "30 zeros in a row, by chance, come once in 2^240.");
    }

    [Test]
    public void What_the_kernel_gives_in_part_is_filled_to_the_end([Values] bool device)
    {
        byte[] bytes = new byte[MostOfOneCall + 64];
        FillingOf(device)(bytes);

        Assert.That(bytes.AsSpan()[^64..].IndexOfAnyExcept((byte)0), Is.Not.Negative);
    }

    [Test]
    public void No_number_comes_twice()
    {
        uint[] numbers = [.. Enumerable.Range(0, 100).Select(static _ => SystemRandom.UInt32())];
        ulong[] large = [.. Enumerable.Range(0, 100).Select(static _ => SystemRandom.UInt64())];

        Assert.That(numbers.Distinct().Count(), Is.GreaterThan(98), "Two pairs of 100 numbers meet once in 10^12 runs.");
        Assert.That(large, Is.Unique);
        Assert.That(large.Aggregate(static (all, next) => all | next), Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void Nothing_is_allocated([Values] bool device)
    {
        Filling fill = FillingOf(device);

        AllocationAssert.IsFree(() =>
        {
            Span<byte> bytes = stackalloc byte[16];
            fill(bytes);
        });
    }

    private static Filling FillingOf(bool device)
    {
        if (device && !OperatingSystem.IsLinux())
        {
            Assert.Ignore("The device is asked on Linux only.");
        }

        return device ? SystemRandom.FillFromDevice : SystemRandom.Fill;
    }
}
