using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>What is known of the fragments' checksums becomes what is known of the whole's.</summary>
public sealed class ReassemblySumTests : ReassemblyFixture
{
    private const MbufChecksumFlags Data = MbufChecksumFlags.ChecksumDataValid;
    private const MbufChecksumFlags Pseudo = MbufChecksumFlags.ChecksumDataValid | MbufChecksumFlags.PseudoHeaderIncluded;
    private const MbufChecksumFlags Requested = MbufChecksumFlags.Udp | MbufChecksumFlags.FragmentChecksums;
    private const MbufChecksumFlags Header = MbufChecksumFlags.IPv4Checked | MbufChecksumFlags.IPv4Valid;

    /// <summary>The payload is changed when it has been summed: the verdict does not look at it again.</summary>
    [Test]
    public void The_sums_of_verified_fragments_are_trusted_for_the_whole(
        [Values] bool isIPv6, [Values] bool tcp, [Values(400, 401, 65_000)] int length)
    {
        byte[] whole = !tcp ? FragmentBytes.Whole(isIPv6, length) : isIPv6
            ? WirePacket.IPv6(IPProtocol.Tcp, WirePacket.Tcp(Pattern(length), overIPv6: true))
            : WirePacket.IPv4(IPProtocol.Tcp, WirePacket.Tcp(Pattern(length)));
        MbufReassembler reassembler = Make();
        using MbufScope mbufs = Arena.Enter();
        byte[][] fragments = [.. FragmentBytes.Of(whole, 8 * (length / 80))];
        new Random(length).Shuffle(fragments);
        for (int i = 0; i < fragments.Length; i++)
        {
            using MbufChain chain = mbufs.AllocatePacketFrom(fragments[i], 0, 0);
            Assert.That(chain.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Unverifiable));
            Assert.That(chain.TryCopyFrom(chain.Length - 1, [0x55]));
            MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
            if (i < fragments.Length - 1)
            {
                Assert.That(status, Is.EqualTo(MbufReassemblyStatus.Held));
                continue;
            }

            using (packet)
            {
                Assert.That(packet.ChecksumFlags & (Header | Pseudo), Is.EqualTo(isIPv6 ? Data : Data | Header));
                Assert.That(packet.VerifyChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Valid));
                Assert.That(packet.InspectChecksums().Transport, Is.EqualTo(MbufChecksumVerdict.Invalid), "It has been changed.");
                Assert.That(packet.InspectChecksums().Network, Is.EqualTo(isIPv6 ? MbufChecksumVerdict.None : MbufChecksumVerdict.Valid));
            }
        }
    }

    [TestCase(Data, 0x1234u, Data, 0x4321u, Data, 0x5555u)]
    [TestCase(Data, 0xFFFFu, Data, 0x0001u, Data, 0x0001u)]
    [TestCase(Data, 0x1FFFFu, Data, 0xFFFF_FFFFu, Data, 1u)]
    [TestCase(Data, 0u, Data, 0u, Data, 0u)]
    [TestCase(Pseudo, 0xFFFFu, Pseudo, 0xFFFFu, Pseudo, 0xFFFFu)]
    [TestCase(Pseudo, 0xFFFFu, Pseudo, 0x1234u, MbufChecksumFlags.None, 0u, TestName = "{m}(a pseudo header in each)")]
    [TestCase(Pseudo, 0x7FFFu, Pseudo, 0x8000u, MbufChecksumFlags.None, 0u, TestName = "{m}(pseudo headers that seem right together)")]
    [TestCase(Data, 0xFFFFu, Pseudo, 0xFFFFu, MbufChecksumFlags.None, 0u, TestName = "{m}(a pseudo header in one)")]
    [TestCase(Data, 0x1234u, MbufChecksumFlags.None, 0u, MbufChecksumFlags.None, 0u, TestName = "{m}(one that is not known)")]
    [TestCase(MbufChecksumFlags.PseudoHeaderIncluded, 0xFFFFu, Pseudo, 0xFFFFu, MbufChecksumFlags.None, 0u, TestName = "{m}(one without meaning)")]
    [TestCase(Data | Header, 1u, Data | Header, 2u, Data | Header, 3u)]
    [TestCase(Data | Header, 1u, Data, 2u, Data, 3u, TestName = "{m}(one header that was not checked)")]
    [TestCase(MbufChecksumFlags.IPv4, 10u, MbufChecksumFlags.None, 0u, MbufChecksumFlags.IPv4, 0u, TestName = "{m}(the first header is to be summed)")]
    [TestCase(MbufChecksumFlags.None, 0u, MbufChecksumFlags.IPv4, 10u, MbufChecksumFlags.None, 0u, TestName = "{m}(another header is to be summed)")]
    [TestCase(Requested, 2u, Requested, 0u, MbufChecksumFlags.Udp, 6u, TestName = "{m}(to be summed when it is whole)")]
    [TestCase(MbufChecksumFlags.Tcp, 2u, MbufChecksumFlags.Tcp, 0u, MbufChecksumFlags.Tcp, 16u, TestName = "{m}(the same for TCP)")]
    [TestCase(Requested, 6u, MbufChecksumFlags.None, 0u, MbufChecksumFlags.None, 0u, TestName = "{m}(to be summed in one only)")]
    [TestCase(Requested | Data, 2u, Requested | Data, 0u, MbufChecksumFlags.Udp, 6u, TestName = "{m}(to be summed and summed)")]
    public void Flags_are_those_that_all_have_and_sums_are_added(
        MbufChecksumFlags first, uint firstSum, MbufChecksumFlags last, uint lastSum, MbufChecksumFlags expected, uint expectedSum)
    {
        using MbufScope mbufs = Arena.Enter();
        foreach (bool reverse in new[] { false, true })
        {
            (MbufChecksumFlags Flags, uint Data) found = Joined(mbufs, IPProtocol.Udp, [(first, firstSum), (last, lastSum)], reverse);

            Assert.That(found, Is.EqualTo((expected, expectedSum)), $"Reverse: {reverse}.");
        }
    }

    [Test]
    public void A_checksum_that_is_no_sum_is_not_known()
    {
        using MbufScope mbufs = Arena.Enter();
        (MbufChecksumFlags Flags, uint Data) found = Joined(mbufs, IPProtocol.Sctp, [(Pseudo, 0xFFFF), (Pseudo, 0xFFFF)], false);
        Assert.That(found, Is.EqualTo((MbufChecksumFlags.None, 0u)));
    }

    private (MbufChecksumFlags Flags, uint Data) Joined(
        in MbufScope mbufs, IPProtocol protocol, (MbufChecksumFlags Flags, uint Data)[] given, bool reverse)
    {
        byte[] whole = WirePacket.IPv4(protocol, Pattern(64));
        List<byte[]> fragments = FragmentBytes.OfIPv4(whole, 32);
        MbufReassembler reassembler = Make();
        for (int i = 0; i < 2; i++)
        {
            int which = reverse ? 1 - i : i;
            using MbufChain chain = mbufs.AllocatePacketFrom(fragments[which], 0, 0);
            (chain.ChecksumFlags, chain.ChecksumData) = given[which];
            reassembler.Add(mbufs, chain, out MbufChain packet);
            if (!packet.IsNull)
            {
                (MbufChecksumFlags, uint) found = (packet.ChecksumFlags, packet.ChecksumData);
                packet.Free();
                return found;
            }
        }

        throw new AssertionException("The packet was not complete.");
    }
}
