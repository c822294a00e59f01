using Engine.Mbufs.Bench.Operations;
using Engine.Mbufs.Bench.Storm;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What a storm looks for, it finds.</summary>
public sealed class StormChecksTests
{
    private const int Ring = 8;

    [Test]
    public void A_packet_with_another_number_is_counted_and_freed()
    {
        using var arena = new MbufArena();
        using (MbufScope mbufs = arena.Enter())
        {
            var burst = new Mbuf[4];
            Packets.Allocate(mbufs, burst);
            Packets.Mark(mbufs, burst, 10);
            (burst[1], burst[2]) = (burst[2], burst[1]);

            Assert.That(Packets.CheckAndFree(mbufs, burst, 10), Is.EqualTo(2));
        }

        Assert.That(arena.LiveMbufs, Is.Zero);
    }

    [Test]
    public void Bytes_that_are_no_check_value_hold_no_number()
    {
        Span<byte> bytes = stackalloc byte[CheckValue.Length];

        Assert.That(CheckValue.TryRead(bytes, out _), Is.False, "Fresh memory is no value.");
        CheckValue.Write(bytes, 7);
        Assert.That(CheckValue.TryRead(bytes, out ulong number) && number == 7, Is.True);
        Assert.That(CheckValue.TryRead(bytes[..^1], out _), Is.False);
        bytes[0] ^= 1;
        Assert.That(CheckValue.TryRead(bytes, out _), Is.False);
    }

    [Test]
    public void Packets_of_every_shape_are_right_until_one_byte_is_not([Range(0, SoakPacket.Shapes - 1)] int shape)
    {
        using var arena = new MbufArena();
        using MbufScope mbufs = arena.Enter();
        uint random = (uint)((1_000_003 * SoakPacket.Shapes) + shape);
        Assert.That(SoakPacket.TryMake(mbufs, 99, random, out Mbuf handle), Is.True);
        using MbufChain packet = mbufs.Open(handle);

        bool isRight = SoakPacket.IsRight(packet, out ulong number);
        packet.TryCopyFrom(packet.Length - 1, [0xFF]);
        bool isSpoiledRight = SoakPacket.IsRight(packet, out _);

        Assert.That((isRight, number, isSpoiledRight), Is.EqualTo((true, 99UL, false)));
    }

    [Test]
    public void A_ring_keeps_order_and_refuses_what_does_not_fit()
    {
        using var arena = new MbufArena();
        using MbufScope mbufs = arena.Enter();
        var sent = new Mbuf[Ring];
        var taken = new Mbuf[Ring];
        Packets.Allocate(mbufs, sent);
        var ring = new Ring<Mbuf>(Ring);

        for (int round = 0; round < 5; round++)
        {
            ring.TryWrite(sent.AsSpan(0, 5));
            Assert.That((ring.HasRoom(3), ring.HasRoom(4)), Is.EqualTo((true, false)));
            ring.TryWrite(sent.AsSpan(5, 3));
            int first = ring.Read(taken.AsSpan(0, 2));
            int rest = ring.Read(taken.AsSpan(2));

            Assert.That((first, rest, ring.Read(taken)), Is.EqualTo((2, 6, 0)));
            Assert.That(taken, Is.EqualTo(sent));
        }

        mbufs.Free(sent);
    }

    [TestCase(1, 0, 0)]
    [TestCase(0, 1, 0)]
    [TestCase(0, 0, 1)]
    public void A_row_with_something_wrong_is_not_right(int wrong, int leaked, int problems)
    {
        StormRow good = new("s", "s", "n", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 5, 0, 0, []);
        StormRow bad = good with { Wrong = wrong, Leaked = leaked, Problems = [.. Enumerable.Repeat("spoiled", problems)] };

        Assert.That((good.IsRight(), bad.IsRight()), Is.EqualTo((true, false)));
    }
}
