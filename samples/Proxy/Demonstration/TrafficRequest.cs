using System.Runtime.InteropServices;

namespace Proxy;

/// <summary>What a client asks for: it sends so many bytes and wants so many back.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TrafficRequest
{
    public const uint Signature = 0x6675626d;

    public uint Magic;

    /// <summary>Of the bytes that follow; those that come back have the next one.</summary>
    public uint Seed;

    public int BytesUp;

    public int BytesDown;

    public TrafficEnd End;

    public readonly uint SeedDown => Seed + 1;
}

/// <summary>What comes after a request.</summary>
internal enum TrafficEnd
{
    /// <summary>Another request on the same connection.</summary>
    Continues,

    /// <summary>The client's FIN, before the answer: the answer flows through a half-closed connection.</summary>
    HalfCloses,

    /// <summary>The client's reset, in the middle of the bytes that it announced.</summary>
    Resets,
}
