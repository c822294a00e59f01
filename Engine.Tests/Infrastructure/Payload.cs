using System.Buffers.Binary;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Packets of many shapes whose every byte follows from a seed.</summary>
internal static class Payload
{
    /// <summary>A packet; null if the arena has not enough at the moment.</summary>
    public static Mbuf Create(in MbufScope mbufs, int seed)
    {
        using MbufChain chain = ((uint)seed % 8) switch
        {
            0 => mbufs.AllocatePacketWithoutCluster(),
            1 => mbufs.AllocatePacket(3000),
            2 => mbufs.AllocatePacket(MbufClusterSize.Page),
            _ => mbufs.AllocatePacket(),
        };
        int length = LengthOf(seed);
        if (chain.IsNull || !chain.TryAppend(4, out Span<byte> head))
        {
            return default;
        }

        BinaryPrimitives.WriteInt32LittleEndian(head, seed);
        return chain.TryAppend(length, out Span<byte> room) && Fill(room, seed) && chain.TryPrepend([(byte)seed]) ? chain.Detach() : default;
    }

    public static void VerifyAndFree(in MbufScope mbufs, Mbuf packet, int seed)
    {
        if (packet.IsNull)
        {
            return;
        }

        using MbufChain chain = mbufs.Open(packet);
        Verify(chain, seed);
    }

    public static void Verify(MbufChain chain, int seed)
    {
        int length = LengthOf(seed);
        Span<byte> bytes = stackalloc byte[5 + 512];
        Span<byte> expected = stackalloc byte[512];
        Fill(expected[..length], seed);
        if (chain.Length != 5 + length || !chain.TryCopyTo(0, bytes[..chain.Length]) || bytes[0] != (byte)seed
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]) != seed
            || !bytes[5..chain.Length].SequenceEqual(expected[..length]))
        {
            Assert.Fail($"The packet of seed {seed} holds something else: {chain.ToString()}");
        }
    }

    private static int LengthOf(int seed) => (int)((uint)(seed * 0x2545_F491) >> 23);

    private static bool Fill(Span<byte> bytes, int seed)
    {
        uint state = (uint)seed | 1;
        foreach (ref byte value in bytes)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            value = (byte)(state >> 24);
        }

        return true;
    }
}
