namespace Engine.Mbufs.Tests.Model;

/// <summary>
/// A growing array of bytes: what a packet's data must be, and with each byte its label and whether a record ends behind it. Kept and used
/// again, since there are a million steps.
/// </summary>
/// <remarks>
/// Of bytes that came in by a verb, label and end are unknown until the chain is looked at. A label is an mbuf's: of bytes that came
/// together in one, the first one's; and so an end is at the last of them.
/// </remarks>
internal sealed class ModelBytes
{
    public const byte Unknown = 255;

    private byte[] _bytes = new byte[512];
    private byte[] _labels = new byte[512];
    private byte[] _ends = new byte[512];

    public int Length { get; private set; }

    /// <summary>
    /// An mbuf before all bytes has the mark, as a user may set it on an empty first one: whose it is shows when bytes come there.
    /// </summary>
    public bool HasStrayEnd { get; set; }

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The <see cref="MbufType"/> of each byte's mbuf, or <see cref="Unknown"/>.</summary>
    public Span<byte> Labels => _labels.AsSpan(0, Length);

    /// <summary>1 where a record ends behind the byte, else 0, or <see cref="Unknown"/>.</summary>
    public Span<byte> Ends => _ends.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Set(ReadOnlySpan<byte> bytes)
    {
        Clear();
        bytes.CopyTo(Extend(bytes.Length));
    }

    /// <summary>Bytes that were appended: to the record that ended before them, if one did.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        int before = Length;
        bytes.CopyTo(Extend(bytes.Length));
        GrowRecord(before);
    }

    /// <summary>The bytes of another packet that was joined, with what is known of them.</summary>
    public void Join(ModelBytes other)
    {
        int before = Length;
        other.Span.CopyTo(Extend(other.Length));
        other.Labels.CopyTo(_labels.AsSpan(before));
        other.Ends.CopyTo(_ends.AsSpan(before));
        if (other.Length == 0 || other.HasStrayEnd)
        {
            Ends.Slice(Math.Max(0, before - 1), Math.Min(1, before)).Fill(Unknown); // It may say that a record ends before it.
        }
    }

    /// <summary>Makes room at the end, to be written by the caller.</summary>
    public Span<byte> Extend(int count)
    {
        if (Length + count > _bytes.Length)
        {
            int size = Math.Max(Length + count, 2 * _bytes.Length);
            Array.Resize(ref _bytes, size);
            Array.Resize(ref _labels, size);
            Array.Resize(ref _ends, size);
        }

        Length += count;
        _labels.AsSpan(Length - count, count).Fill(Unknown);
        _ends.AsSpan(Length - count, count).Fill(Unknown);
        return _bytes.AsSpan(Length - count, count);
    }

    public void Prepend(ReadOnlySpan<byte> bytes)
    {
        int length = Length;
        Extend(bytes.Length);
        foreach (byte[] array in new[] { _bytes, _labels, _ends })
        {
            array.AsSpan(0, length).CopyTo(array.AsSpan(bytes.Length));
        }

        bytes.CopyTo(_bytes);
        _labels.AsSpan(0, bytes.Length).Fill(Unknown);
        _ends.AsSpan(0, bytes.Length).Fill(length == 0 ? Unknown : (byte)0);
    }

    public int TrimStart(int count)
    {
        count = Math.Min(count, Length);
        foreach (byte[] array in new[] { _bytes, _labels, _ends })
        {
            array.AsSpan(count, Length - count).CopyTo(array);
        }

        Length -= count;
        return count;
    }

    /// <summary>A mark at the end stays at the end; one in an mbuf that is cut may.</summary>
    public int TrimEnd(int count)
    {
        count = Math.Min(count, Length);
        byte end = Length > 0 ? _ends[Length - 1] : Unknown;
        bool isCut = Ends[(Length - count)..].ContainsAnyExcept((byte)0);
        Length -= count;
        if (Length > 0 && isCut)
        {
            _ends[Length - 1] = end == 1 ? end : Unknown;
        }

        return count;
    }

    /// <summary>Writes over what is there, extends what ends before, and fills a gap with zeros.</summary>
    public void CopyBack(int offset, ReadOnlySpan<byte> bytes)
    {
        int before = Length;
        if (offset + bytes.Length > Length)
        {
            Extend(offset + bytes.Length - Length).Clear();
            GrowRecord(before);
        }

        bytes.CopyTo(_bytes.AsSpan(offset));
    }

    public void ForgetLabels() => Labels.Fill(Unknown);

    public void ForgetEnds() => Ends.Fill(Unknown);

    private void GrowRecord(int before)
    {
        if (before > 0 && Length > before && _ends[before - 1] != 0)
        {
            _ends[Length - 1] = _ends[before - 1];
            _ends[before - 1] = 0;
        }
    }
}
