using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Engine.Samples.Linux;

/// <summary>
/// struct sockaddr_in and sockaddr_in6 in one: what the kernel is told and tells, by value, so that an address costs no object.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = NativeSize, Pack = 4)]
public readonly struct InetAddress
{
    /// <summary>sizeof(struct sockaddr_in6), the larger of the two.</summary>
    public const int NativeSize = 28;

    private const int Inet4Size = 16;
    private const int Inet6AddressSize = 16;

    [FieldOffset(0)]
    private readonly ushort _family;

    /// <summary>Network byte order.</summary>
    [FieldOffset(2)]
    private readonly ushort _port;

    [FieldOffset(4)]
    private readonly uint _address4;

    [FieldOffset(8)]
    private readonly Address6 _address6;

    [FieldOffset(24)]
    private readonly uint _scope;

    public InetAddress(IPAddress address, int port)
    {
        _port = BinaryPrimitives.ReverseEndianness((ushort)port);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            _family = SocketConstants.Inet6;
            _ = address.TryWriteBytes(_address6, out _);
            _scope = (uint)address.ScopeId;
            return;
        }

        _family = SocketConstants.Inet;
        _ = address.TryWriteBytes(MemoryMarshal.AsBytes(new Span<uint>(ref _address4)), out _);
    }

    public int Family => _family;

    public bool IsInet6 => _family == SocketConstants.Inet6;

    public int Port => BinaryPrimitives.ReverseEndianness(_port);

    /// <summary>What connect and bind are told as the address' length.</summary>
    public int Length => IsInet6 ? NativeSize : Inet4Size;

    /// <summary>An IPv4 client of a dual-stack listener: ::ffff:a.b.c.d.</summary>
    public bool IsMappedInet4 => IsInet6 && ((ReadOnlySpan<byte>)_address6)[..12].SequenceEqual(MappedPrefix);

    /// <summary>Whether it is an IPv4 address, be it in the dress of IPv6 in which a dual-stack listener sees it.</summary>
    public bool IsInet4 => !IsInet6 || IsMappedInet4;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>Copies the address in network order: 4 bytes for IPv4, mapped or not, otherwise 16.</summary>
    /// <returns>The number of bytes written.</returns>
    public int CopyAddress(Span<byte> destination)
    {
        if (!IsInet6)
        {
            MemoryMarshal.Write(destination, in _address4);
            return sizeof(uint);
        }

        ReadOnlySpan<byte> bytes = _address6;
        if (IsMappedInet4)
        {
            bytes = bytes[12..];
        }

        bytes.CopyTo(destination);
        return bytes.Length;
    }

    /// <summary>The same in sixteen bytes, IPv4 as ::ffff:a.b.c.d.</summary>
    public void CopyAddress6(Span<byte> destination)
    {
        MappedPrefix.CopyTo(destination);
        if (IsInet6)
        {
            ((ReadOnlySpan<byte>)_address6).CopyTo(destination);
        }
        else
        {
            MemoryMarshal.Write(destination[12..], in _address4);
        }
    }

    /// <summary>Same address and same port. The flow label and the scope say nothing about who is meant.</summary>
    public bool Names(in InetAddress other)
        => _family == other._family
            && _port == other._port
            && (IsInet6 ? ((ReadOnlySpan<byte>)_address6).SequenceEqual(other._address6) : _address4 == other._address4);

    /// <summary>For people; allocates.</summary>
    public override string ToString() => new IPEndPoint(ToIPAddress(), Port).ToString();

    private IPAddress ToIPAddress()
        => IsInet6 ? new IPAddress(_address6, _scope) : new IPAddress(_address4);

    /// <summary>Sixteen bytes in network order.</summary>
    [System.Runtime.CompilerServices.InlineArray(Inet6AddressSize)]
    private struct Address6
    {
        private byte _first;
    }
}
