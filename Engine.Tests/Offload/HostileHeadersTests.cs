using System.Buffers.Binary;
using System.Diagnostics;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>Headers that were made to do harm: lengths that contradict each other, and work without end.</summary>
public sealed class HostileHeadersTests : MbufFixture
{
    private static readonly IPProtocol[] s_protocols =
    [
        IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Sctp, IPProtocol.IcmpV6, IPProtocol.HopByHopOptions, IPProtocol.Routing,
        IPProtocol.Fragment, IPProtocol.AuthenticationHeader, IPProtocol.DestinationOptions, IPProtocol.NoNextHeader,
    ];

    [Test]
    public void A_jumbo_length_that_the_header_could_give_is_not_believed(
        [Values(0u, 8u, 20u, 30u, 65_535u)] uint jumbo, [Values(6, 17, 58, 132)] int protocol, [Values] bool isFragment)
    {
        byte[] option = [(byte)protocol, 0, 0xC2, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(4), jumbo);
        byte[] bytes = isFragment
            ? WirePacket.IPv6(IPProtocol.Fragment, [0, 0, 0, 1, 1, 2, 3, 4, .. option, .. Pattern(64)])
            : WirePacket.IPv6(IPProtocol.HopByHopOptions, [.. option, .. Pattern(64)]);
        (bytes[4], bytes[5]) = (0, 0);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = Packet(mbufs, bytes);

        MbufChecksumReport report = packet.VerifyChecksums();

        Assert.That((report.Protocol, report.TransportOffset), Is.EqualTo(((IPProtocol)protocol, bytes.Length - 64)));
        Assert.That(report.Transport, isFragment
            ? Is.EqualTo(MbufChecksumVerdict.Unverifiable)
            : Is.EqualTo(MbufChecksumVerdict.Invalid).Or.EqualTo(MbufChecksumVerdict.Illegal));
    }

    [Test]
    public void Options_in_every_byte_of_every_mbuf_cost_their_length_once()
    {
        using MbufArena arena = NewArena(mbufs: 70_000);
        using MbufScope mbufs = arena.Enter();
        byte[] extension = new byte[2048];
        (extension[0], extension[1]) = ((byte)IPProtocol.DestinationOptions, 255);
        byte[] bytes = WirePacket.IPv6(IPProtocol.DestinationOptions, [.. Enumerable.Repeat(extension, 31).SelectMany(static all => all)]);
        using MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        foreach (byte one in bytes)
        {
            MbufChain mbuf = mbufs.AllocateMbuf();
            Assert.That(mbuf.TryAppend([one]));
            packet.AppendKeepingPacketLength(mbuf);
        }

        packet.FixPacketLength();
        long start = Stopwatch.GetTimestamp();

        Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Unverifiable));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(1)), "A walk for each byte takes many seconds.");
    }

    [Test]
    public void Random_headers_never_throw_whatever_is_asked()
    {
        var random = new Random(11);
        using MbufScope mbufs = Arena.Enter();
        var parts = new MbufQueue(Arena);
        var outgoing = new MbufInterface("em0", mtu: 200);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = RandomPacket(random);
            MbufChain packet = Build(mbufs, bytes, RandomLayout.Of(random, bytes.Length));
            MbufChecksumReport report = packet.InspectChecksums();
            Assert.That(report.TransportOffset, Is.InRange(0, bytes.Length));
            Assert.That(packet.VerifyChecksums(), Is.EqualTo(report));
            packet.ChecksumFlags = RandomFlags(random);
            packet.ChecksumData = (uint)random.Next(24);
            packet.SegmentSize = (ushort)random.Next(60);
            if (packet.CompleteChecksums(outgoing) == MbufOffloadStatus.Done)
            {
                ChainAssert.Holds(packet, ChainAssert.Bytes(packet));
            }

            packet.ChecksumFlags = RandomFlags(random);
            MbufOffloadStatus status = random.Next(3) switch
            {
                0 => packet.SegmentInto(parts),
                1 => packet.FragmentInto(random.Next(56, 200), parts, 7),
                _ => packet.OutputInto(outgoing, parts),
            };
            Assert.That(packet.IsOwned, Is.EqualTo(status != MbufOffloadStatus.Done));
            Assert.That(parts.IsEmpty, Is.EqualTo(packet.IsOwned));
            packet.Dispose();
            parts.Drain(mbufs);
            FreePartners(mbufs);
        }
    }

    protected override MbufArena Reserve() => NewArena(mbufs: 8192, clusters: 1024);

    /// <summary>IPv6 with extension headers in any order, some of whose fields are wrong, and a transport that may be cut.</summary>
    private static byte[] RandomPacket(Random random)
    {
        var bytes = new List<byte>(WirePacket.IPv6(IPProtocol.NoNextHeader));
        int place = 6;
        IPProtocol type = Next(random);
        while (IPv6ExtensionHeader.IsExtension(type) && bytes.Count < 300)
        {
            bytes[place] = (byte)type;
            place = bytes.Count;
            byte[] header = new byte[8 * random.Next(1, 5)];
            random.NextBytes(header);
            header[1] = (byte)((header.Length / (type == IPProtocol.AuthenticationHeader ? 4 : 8)) - (random.Next(30) == 0 ? 0 : type == IPProtocol.AuthenticationHeader ? 2 : 1));
            if (random.Next(2) == 0)
            {
                ReadOnlySpan<byte> option = random.Next(2) == 0 ? [0xC2, 4, 0, 0, 0, (byte)random.Next(256)] : [1, 4, 0, 0, 0, 0];
                option.CopyTo(header.AsSpan(2));
            }

            bytes.AddRange(header);
            type = Next(random);
        }

        bytes[place] = (byte)type;
        byte[] rest = new byte[random.Next(400)];
        random.NextBytes(rest);
        bytes.AddRange(rest);
        byte[] packet = [.. bytes];
        int length = random.Next(3) == 0 ? 0 : packet.Length - IPv6Header.Size + (random.Next(6) == 0 ? random.Next(-40, 40) : 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)Math.Max(0, length));
        return packet;
    }

    private static IPProtocol Next(Random random) => s_protocols[random.Next(s_protocols.Length)];

    private static MbufChecksumFlags RandomFlags(Random random) => random.Next(4) switch
    {
        0 => MbufChecksumFlags.None,
        1 => (MbufChecksumFlags)(1u << random.Next(13)),
        2 => (MbufChecksumFlags)(1u << random.Next(28)) | (MbufChecksumFlags)(1u << random.Next(13)),
        _ => (MbufChecksumFlags)(random.Next(1 << 13) & random.Next(1 << 13)),
    };
}
