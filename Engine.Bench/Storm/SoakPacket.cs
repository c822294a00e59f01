namespace Engine.Mbufs.Bench.Storm;

/// <summary>
/// Packets of many shapes whose every byte follows from a number: a check value, then a piece of a pattern that starts at a
/// place of its own.
/// </summary>
internal static class SoakPacket
{
    /// <summary>How many ways there are to make one.</summary>
    public const int Shapes = 7;

    private const int LengthMost = 4000;
    private const int HeaderLength = 14;
    private const int Period = 251; // a prime: no copy of a cache line or a word passes for another

    private static readonly byte[] s_pattern =
        [.. Enumerable.Range(0, Period + LengthMost).Select(static i => (byte)(i % Period))];

    private static readonly MbufClusterSize[] s_sizes =
        [MbufClusterSize.Standard, MbufClusterSize.Page, MbufClusterSize.Jumbo9, MbufClusterSize.Jumbo16];

    /// <summary>Makes the packet of a number.</summary>
    /// <param name="mbufs">Where from.</param>
    /// <param name="number">Decides about every byte.</param>
    /// <param name="random">Decides about length and shape.</param>
    /// <param name="packet">The packet; null on failure.</param>
    /// <returns>False if the arena was exhausted: nothing is kept.</returns>
    public static bool TryMake(in MbufScope mbufs, ulong number, uint random, out Mbuf packet)
    {
        int length = (int)((random >> 8) % (LengthMost - CheckValue.Length)) + 1;
        Span<byte> check = stackalloc byte[CheckValue.Length];
        CheckValue.Write(check, number);
        ReadOnlySpan<byte> bytes = Pattern(number)[..length];
        MbufChain made = (random % Shapes) switch
        {
            0 => mbufs.AllocatePacketWithoutCluster(),
            1 => mbufs.AllocatePacket(s_sizes[(random >> 20) & 3]),
            2 => mbufs.AllocatePacket(length),
            _ => mbufs.AllocatePacket(),
        };
        if (made.IsNull)
        {
            packet = default;
            return false;
        }

        bool done = made.TryAppend(check) && (random % Shapes) switch
        {
            3 => TryAppendInParts(mbufs, made, bytes),
            4 => made.TryAppend(bytes) && TryPrependAndTrim(made),
            5 => made.TryAppend(bytes) && TrySplitAndJoin(made, (int)((random >> 4) % (uint)length) + CheckValue.Length),
            6 => made.TryAppend(bytes) && made.TryDefragment(),
            _ => made.TryAppend(bytes),
        };
        if (!done)
        {
            made.Free();
        }

        packet = done ? made.Detach() : default;
        return done;
    }

    /// <summary>Looks at every byte.</summary>
    /// <returns>True if they are those of the number that the packet begins with.</returns>
    public static bool IsRight(MbufChain packet, out ulong number)
    {
        Span<byte> check = stackalloc byte[CheckValue.Length];
        number = 0;
        if (!packet.TryCopyTo(0, check) || !CheckValue.TryRead(check, out number))
        {
            return false;
        }

        ReadOnlySpan<byte> expected = Pattern(number);
        int position = -CheckValue.Length;
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            ReadOnlySpan<byte> bytes = segment[Math.Min(segment.Length, Math.Max(0, -position))..];
            if (!bytes.SequenceEqual(expected.Slice(Math.Max(0, position), bytes.Length)))
            {
                return false;
            }

            position += segment.Length;
        }

        return position == packet.Length - CheckValue.Length;
    }

    private static ReadOnlySpan<byte> Pattern(ulong number) => s_pattern.AsSpan((int)(number % Period));

    private static bool TryAppendInParts(in MbufScope mbufs, MbufChain packet, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            MbufChain part = mbufs.AllocateMbufWithCluster();
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, 999)];
            if (part.IsNull)
            {
                return false;
            }

            if (!part.TryAppend(piece))
            {
                part.Free();
                return false;
            }

            packet.Append(part);
            bytes = bytes[piece.Length..];
        }

        return true;
    }

    private static bool TryPrependAndTrim(MbufChain packet)
    {
        if (!packet.TryPrepend(HeaderLength, out Span<byte> header))
        {
            return false;
        }

        header.Clear();
        packet.TrimStart(HeaderLength);
        return true;
    }

    private static bool TrySplitAndJoin(MbufChain packet, int at)
    {
        if (!packet.TrySplit(at, out MbufChain tail))
        {
            return false;
        }

        packet.Append(tail);
        return true;
    }
}
