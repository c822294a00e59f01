using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Forged senders, who hold little each, take nothing from one who holds some more and is done soon.</summary>
public sealed class ReassemblyFairnessTests : ReassemblyFixture
{
    private const int Honest = 1_000_000;

    private static byte[] Whole(bool isIPv6, int sender, int number)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, 128, number);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(12), sender);
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(isIPv6 ? 22 : 4), (ushort)number);
        return isIPv6 ? whole : FragmentBytes.Summed(whole);
    }

    private static byte[] Start(bool isIPv6, int sender, int number)
        => FragmentBytes.Of(Whole(isIPv6, sender, number), 0, 64, more: true);

    private static byte[] End(bool isIPv6, int sender, int number)
        => FragmentBytes.Of(Whole(isIPv6, sender, number), 64, 64, more: false);

    /// <summary>A slow flood: what it has put there stays for as long as the timeout.</summary>
    [Test]
    public void What_has_waited_for_a_second_goes_first_when_packets_run_out([Values] bool isIPv6, [Values] bool forgedIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 8));
        using MbufScope mbufs = Arena.Enter();
        for (int sender = 1; sender <= 8; sender++)
        {
            IsHeld(mbufs, reassembler, Start(forgedIPv6, sender, 1));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        for (int number = 1; number <= 8; number++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, Honest, number));
        }

        for (int number = 1; number <= 8; number++)
        {
            Completes(mbufs, reassembler, End(isIPv6, Honest, number), Whole(isIPv6, Honest, number));
        }

        IsEmpty(reassembler);
    }

    [Test]
    public void What_has_waited_for_a_second_goes_first_when_mbufs_run_out([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(mbufs: 8));
        using MbufScope mbufs = Arena.Enter();
        for (int sender = 1; sender <= 8; sender++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, sender, 1));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        byte[] whole = Whole(isIPv6, Honest, 1);
        List<byte[]> fragments = FragmentBytes.Of(whole, 16);
        IsHeld(mbufs, reassembler, [.. fragments[..^1]]);
        Completes(mbufs, reassembler, fragments[^1], whole);
        Assert.That(reassembler.GetStatistics().Evicted, Is.EqualTo(fragments.Count - 1));
    }

    /// <summary>A fast flood: whoever holds little holds it for as long as there is room for what comes behind it.</summary>
    [Test]
    public void Who_holds_little_has_no_more_than_another_who_holds_less([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 512));
        using MbufScope mbufs = Arena.Enter();
        int forged = 0;
        for (int number = 0; number < 4; number++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, Honest, number));
            for (int flood = 0; flood < 120; flood++)
            {
                IsHeld(mbufs, reassembler, Start(isIPv6, ++forged, 1));
            }
        }

        for (int number = 0; number < 4; number++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, ++forged, 1));
            Completes(mbufs, reassembler, End(isIPv6, Honest, number), Whole(isIPv6, Honest, number));
        }

        for (int number = 0; number < 5; number++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, Honest, number));
        }

        for (int flood = 0; flood < 40; flood++)
        {
            IsHeld(mbufs, reassembler, Start(isIPv6, ++forged, 1));
        }

        Completes(mbufs, reassembler, End(isIPv6, Honest, 1), Whole(isIPv6, Honest, 1));
        IsHeld(mbufs, reassembler, End(isIPv6, Honest, 0)); // Five are more than one in 128: its oldest was lost.
    }

    [Test]
    public void Nor_does_it_in_mbufs([Values] bool isIPv6)
    {
        MbufReassembler reassembler = Make(Options(packets: 4096, mbufs: 1024));
        using MbufScope mbufs = Arena.Enter();
        byte[] whole = Whole(isIPv6, Honest, 1);
        List<byte[]> fragments = FragmentBytes.Of(whole, 16);
        int forged = 0;
        foreach (byte[] fragment in fragments[..^1])
        {
            for (int flood = 0; flood < 80; flood++)
            {
                IsHeld(mbufs, reassembler, Start(isIPv6, ++forged, 1), End(isIPv6, ++forged, 2));
            }

            IsHeld(mbufs, reassembler, fragment);
        }

        Completes(mbufs, reassembler, fragments[^1], whole);
    }
}
