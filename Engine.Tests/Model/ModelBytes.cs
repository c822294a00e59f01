namespace Engine.Mbufs.Tests.Model;

/// <summary>A growing array of bytes: what a packet's data must be. Kept and used again, since there are a million steps.</summary>
internal sealed class ModelBytes
{
    private byte[] _bytes = new byte[512];

    public int Length { get; private set; }

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Set(ReadOnlySpan<byte> bytes)
    {
        Clear();
        Append(bytes);
    }

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    /// <summary>Makes room at the end, to be written by the caller.</summary>
    public Span<byte> Extend(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + count, 2 * _bytes.Length));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void Prepend(ReadOnlySpan<byte> bytes)
    {
        int length = Length;
        Extend(bytes.Length);
        _bytes.AsSpan(0, length).CopyTo(_bytes.AsSpan(bytes.Length));
        bytes.CopyTo(_bytes);
    }

    public int TrimStart(int count)
    {
        count = Math.Min(count, Length);
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
        return count;
    }

    public int TrimEnd(int count)
    {
        count = Math.Min(count, Length);
        Length -= count;
        return count;
    }

    /// <summary>Writes over what is there, extends what ends before, and fills a gap with zeros.</summary>
    public void CopyBack(int offset, ReadOnlySpan<byte> bytes)
    {
        if (offset + bytes.Length > Length)
        {
            Extend(offset + bytes.Length - Length).Clear();
        }

        bytes.CopyTo(_bytes.AsSpan(offset));
    }
}
