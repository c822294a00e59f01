using System.Buffers.Binary;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

public sealed class InternetChecksumTests
{
    /// <summary>RFC 1071, section 3.</summary>
    private static readonly byte[] s_example = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];

    [Test]
    public void The_example_of_the_rfc_gives_what_the_rfc_says()
    {
        InternetChecksum sum = default;
        sum.Add(s_example);

        Assert.That(sum.Sum, Is.EqualTo(0xDDF2));
        Assert.That(sum.Value, Is.EqualTo(0x220D));
        Assert.That(InternetChecksum.Compute(s_example), Is.EqualTo(0x220D));
    }

    [Test]
    public void Nothing_sums_to_nothing()
    {
        Assert.That(default(InternetChecksum).Sum, Is.Zero);
        Assert.That(default(InternetChecksum).Value, Is.EqualTo(0xFFFF));
        Assert.That(InternetChecksum.Compute(new byte[33]), Is.EqualTo(0xFFFF));
    }

    [Test]
    public void Pieces_of_any_lengths_sum_to_the_whole()
    {
        var random = new Random(2);
        byte[] bytes = new byte[3000];
        for (int round = 0; round < 2000; round++)
        {
            int length = random.Next(bytes.Length);
            random.NextBytes(bytes.AsSpan(0, length));
            InternetChecksum sum = default;
            for (int place = 0; place < length;)
            {
                int piece = Math.Min(random.Next(random.Next(2) == 0 ? 4 : 900), length - place);
                sum.Add(bytes.AsSpan(place, piece));
                place += piece;
            }

            Assert.That(sum.Value, Is.EqualTo(Slow(bytes.AsSpan(0, length))));
        }
    }

    [Test]
    public void Many_pieces_of_ones_do_not_overflow()
    {
        byte[] ones = new byte[100_001];
        ones.AsSpan().Fill(0xFF);
        InternetChecksum sum = default;
        for (int i = 0; i < 2000; i++)
        {
            sum.Add(ones);
            sum.Add((ushort)0xFFFF);
        }

        Assert.That(sum.Sum, Is.EqualTo(0xFFFF));
    }

    [Test]
    public void A_word_is_added_as_a_number_wherever_the_pieces_end()
    {
        InternetChecksum sum = default;
        sum.Add([0x12]);
        sum.Add((ushort)0x0034);
        sum.Add([0x56]);

        Assert.That(sum.Sum, Is.EqualTo(0x1256 + 0x34));
    }

    [Test]
    public void Updating_a_word_gives_what_summing_again_gives()
    {
        var random = new Random(3);
        byte[] bytes = new byte[40];
        ushort[] edges = [0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            int place = random.Next(bytes.Length / 2) * 2;
            ushort to = round % 2 == 0 ? edges[random.Next(edges.Length)] : (ushort)random.Next();
            ushort before = InternetChecksum.Compute(bytes);
            ushort from = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(place));
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(place), to);

            Assert.That(InternetChecksum.Update(before, from, to), Is.EqualTo(InternetChecksum.Compute(bytes)), $"{from:X} to {to:X}");
        }
    }

    [Test]
    public void The_corner_of_rfc_1624_is_right()
    {
        // Section 4: equation 2 of RFC 1141 gives 0xFFFF where 0x0000 is right.
        Assert.That(InternetChecksum.Update(0xDD2F, 0x5555, 0x3285), Is.Zero);
    }

    [Test]
    public void Updating_two_words_or_many_bytes_gives_what_summing_again_gives()
    {
        var random = new Random(4);
        byte[] bytes = new byte[61];
        byte[] to = new byte[20];
        for (int round = 0; round < 5000; round++)
        {
            random.NextBytes(bytes);
            random.NextBytes(to);
            int place = random.Next(20) * 2;
            ushort before = InternetChecksum.Compute(bytes);
            byte[] from = bytes.AsSpan(place, to.Length).ToArray();
            to.CopyTo(bytes.AsSpan(place));
            Assert.That(InternetChecksum.Update(before, from, to), Is.EqualTo(InternetChecksum.Compute(bytes)));

            before = InternetChecksum.Compute(bytes);
            uint old = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(place));
            uint next = (uint)random.NextInt64();
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(place), next);
            Assert.That(InternetChecksum.Update(before, old, next), Is.EqualTo(InternetChecksum.Compute(bytes)));
        }
    }

    [Test]
    public void Pseudo_headers_are_those_of_the_rfcs([Values(4, 16)] int addressLength, [Values(0, 1, 1480, 65_535, 70_000)] int length)
    {
        byte[] source = new byte[addressLength];
        byte[] destination = new byte[addressLength];
        new Random(5).NextBytes(source);
        new Random(6).NextBytes(destination);
        byte[] header = [.. source, .. destination, 0, 0, 0, (byte)IPProtocol.Udp, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(header.Length - 4), length);

        ushort sum = InternetChecksum.PseudoHeader(source, destination, IPProtocol.Udp, length);

        Assert.That((ushort)~sum, Is.EqualTo(Slow(header)));
    }

    [Test]
    public void Pseudo_headers_of_other_addresses_are_refused()
    {
        Assert.That(() => InternetChecksum.PseudoHeader(new byte[4], new byte[16], IPProtocol.Tcp, 1), Throws.ArgumentException);
        Assert.That(() => InternetChecksum.PseudoHeader(new byte[6], new byte[6], IPProtocol.Tcp, 1), Throws.ArgumentException);
        Assert.That(
            () => InternetChecksum.PseudoHeader(new byte[4], new byte[4], IPProtocol.Tcp, -1),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Crc_32C_is_that_of_sctp()
    {
        // The check value of the algorithm: of the nine digits.
        Crc32C crc = Crc32C.Start();
        crc.Add("1234"u8);
        crc.Add("56789"u8);

        Assert.That(crc.Value, Is.EqualTo(0xE3069283));
    }

    private static ushort Slow(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (uint)bytes[i] << (8 * (1 - (i & 1)));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
