namespace Engine.Mbufs.Tests;

/// <summary>What a chain must hold, done with a plain list of bytes: the same verbs, no cleverness.</summary>
public sealed class ByteOracle
{
    private readonly List<byte> _bytes = [];

    public ByteOracle(bool hasHeader, ReadOnlySpan<byte> bytes = default)
    {
        HasHeader = hasHeader;
        Append(bytes);
    }

    public bool HasHeader { get; }

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public void Append(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public void Prepend(ReadOnlySpan<byte> bytes) => _bytes.InsertRange(0, bytes);

    public int TrimStart(int count)
    {
        count = Math.Min(count, Length);
        _bytes.RemoveRange(0, count);
        return count;
    }

    public int TrimEnd(int count)
    {
        count = Math.Min(count, Length);
        _bytes.RemoveRange(Length - count, count);
        return count;
    }

    /// <summary>Writes over what is there, extends what ends before, and fills a gap with zeros.</summary>
    public void CopyBack(int offset, ReadOnlySpan<byte> bytes)
    {
        while (Length < offset + bytes.Length)
        {
            _bytes.Add(0);
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes[offset + i] = bytes[i];
        }
    }

    public ByteOracle Split(int offset)
    {
        var rest = new ByteOracle(HasHeader, ToArray().AsSpan(offset));
        TrimEnd(rest.Length);
        return rest;
    }

    public ByteOracle Clone() => new(HasHeader, ToArray());
}
