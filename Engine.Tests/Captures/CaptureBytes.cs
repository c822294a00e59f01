using System.Buffers.Binary;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>Bytes of a capture, written number by number in one of the byte orders.</summary>
internal abstract class CaptureBytes(bool isBigEndian)
{
    private readonly List<byte> _bytes = [];

    /// <summary>Bytes written so far.</summary>
    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public MemoryStream ToStream() => new(ToArray(), writable: false);

    protected void UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
        Ordered(bytes);
    }

    protected void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Ordered(bytes);
    }

    protected void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Bytes, and zeros to a multiple of 4.</summary>
    protected void Padded(ReadOnlySpan<byte> bytes)
    {
        Bytes(bytes);
        Bytes(new byte[-bytes.Length & 3]);
    }

    private void Ordered(Span<byte> littleEndian)
    {
        if (isBigEndian)
        {
            littleEndian.Reverse();
        }

        Bytes(littleEndian);
    }
}
