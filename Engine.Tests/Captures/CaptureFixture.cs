using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Reading captures that are made by hand, whole or piece by piece.</summary>
public abstract class CaptureFixture(ArenaKind kind) : MbufFixture(kind)
{
    protected CaptureFixture()
        : this(ArenaKind.All[0])
    {
    }

    /// <summary>Everything that the reader finds.</summary>
    private protected List<CapturedPacket> ReadAll(MbufCaptureReader reader)
    {
        using MbufScope mbufs = Arena.Enter();
        var packets = new List<CapturedPacket>();
        while (reader.Read(mbufs, out MbufChain packet) is var status && status != MbufCaptureStatus.End)
        {
            Assert.That(status, Is.EqualTo(MbufCaptureStatus.Packet));
            using MbufChain owned = packet;
            packets.Add(Seen(reader, owned));
        }

        return packets;
    }

    /// <summary>What the reader and the chain say of a packet, which agree.</summary>
    private protected static CapturedPacket Seen(MbufCaptureReader reader, MbufChain packet)
    {
        byte[] bytes = ChainAssert.Bytes(packet);
        ChainAssert.Holds(packet, bytes);
        Assert.That(packet.HasPacketHeader);
        Assert.That(packet.PacketLength, Is.EqualTo(bytes.Length));
        Assert.That(reader.CapturedLength, Is.EqualTo(bytes.Length));
        Assert.That(packet.ReceiveTimestamp, Is.EqualTo(reader.Timestamp));
        Assert.That(packet.ReceiveInterface, Is.Zero);
        Assert.That(packet.ChecksumFlags, Is.EqualTo(MbufChecksumFlags.None));
        return new CapturedPacket(bytes, reader.Timestamp, (uint)reader.OriginalLength);
    }

    private protected static void AssertSame(
        IReadOnlyList<CapturedPacket> actual, IEnumerable<CapturedPacket> expected, CaptureForm form)
    {
        CapturedPacket[] all = [.. expected];
        Assert.That(actual, Has.Count.EqualTo(all.Length));
        for (int i = 0; i < all.Length; i++)
        {
            Assert.That(actual[i].Bytes, Is.EqualTo(all[i].Bytes), $"The bytes of packet {i}.");
            Assert.That(actual[i].Original, Is.EqualTo(all[i].Original), $"The original length of packet {i}.");
            Assert.That(actual[i].Nanoseconds, Is.EqualTo(form.Keep(all[i].Nanoseconds)), $"The time of packet {i}.");
        }
    }

    /// <summary>The message of the refusal that a capture ends in, after a number of packets.</summary>
    private protected string Refusal(byte[] capture, int packetsBefore = 0)
    {
        int packets = 0;
        string message = Assert.Throws<InvalidDataException>(() =>
        {
            using var reader = new MbufCaptureReader(new MemoryStream(capture, writable: false));
            using MbufScope mbufs = Arena.Enter();
            while (reader.Read(mbufs, out MbufChain packet) == MbufCaptureStatus.Packet)
            {
                packet.Free();
                packets++;
            }
        })!.Message;
        Assert.That(packets, Is.EqualTo(packetsBefore), "Packets before the one that is refused.");
        Assert.That(Arena.LiveMbufs, Is.Zero, "A refused packet leaves nothing.");
        return message;
    }
}
