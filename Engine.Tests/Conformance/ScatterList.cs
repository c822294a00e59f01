using System.Buffers;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Bytes in pieces of many sizes, some of them empty.</summary>
internal static class ScatterList
{
    private static readonly int[] s_sizes = [1, 0, 7, 64, 300, 13, 0, 2048, 1500];

    public static ReadOnlySequence<byte> Of(byte[] bytes)
    {
        var first = new Piece(ReadOnlyMemory<byte>.Empty, null);
        Piece last = first;
        foreach (Memory<byte> piece in Over(bytes))
        {
            last = new Piece(piece, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public static Memory<byte>[] Over(byte[] bytes)
    {
        var pieces = new List<Memory<byte>>();
        Memory<byte> left = bytes;
        for (int i = 0; !left.IsEmpty; i++)
        {
            int size = Math.Min(s_sizes[i % s_sizes.Length], left.Length);
            pieces.Add(left[..size]);
            left = left[size..];
        }

        return [.. pieces];
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
