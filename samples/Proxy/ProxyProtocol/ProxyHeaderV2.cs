using System.Buffers.Binary;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// Version 2, binary: signature, version and command, family and transport, length, both addresses, both ports.
/// </summary>
internal static class ProxyHeaderV2
{
    private const byte VersionTwoProxied = 0x21;
    private const byte Tcp4 = 0x11;
    private const byte Tcp6 = 0x21;
    private const int Fixed = 16;

    private static ReadOnlySpan<byte> Signature => [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

    public static int Write(in InetAddress source, in InetAddress local, Span<byte> destination)
    {
        bool inet4 = source.IsInet4 && local.IsInet4;
        Signature.CopyTo(destination);
        destination[12] = VersionTwoProxied;
        destination[13] = inet4 ? Tcp4 : Tcp6;
        int length = Fixed;
        length += CopyAddress(in source, inet4, destination[length..]);
        length += CopyAddress(in local, inet4, destination[length..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[length..], (ushort)source.Port);
        length += sizeof(ushort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[length..], (ushort)local.Port);
        length += sizeof(ushort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)(length - Fixed));
        return length;
    }

    private static int CopyAddress(in InetAddress address, bool inet4, Span<byte> destination)
    {
        if (inet4)
        {
            return address.CopyAddress(destination);
        }

        address.CopyAddress6(destination);
        return 16;
    }
}
