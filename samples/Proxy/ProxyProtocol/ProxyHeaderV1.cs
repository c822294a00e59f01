using System.Buffers.Text;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>Version 1, a line of text: PROXY TCP4 192.0.2.7 198.51.100.1 56324 443 CR LF.</summary>
internal static class ProxyHeaderV1
{
    public static int Write(in InetAddress source, in InetAddress local, Span<byte> destination)
    {
        bool inet4 = source.IsInet4 && local.IsInet4;
        int length = Copy(inet4 ? "PROXY TCP4 "u8 : "PROXY TCP6 "u8, destination);
        length += WriteAddress(in source, inet4, destination[length..]);
        length += Copy(" "u8, destination[length..]);
        length += WriteAddress(in local, inet4, destination[length..]);
        length += Copy(" "u8, destination[length..]);
        length += WriteNumber(source.Port, destination[length..]);
        length += Copy(" "u8, destination[length..]);
        length += WriteNumber(local.Port, destination[length..]);
        return length + Copy("\r\n"u8, destination[length..]);
    }

    private static int WriteAddress(in InetAddress address, bool inet4, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (inet4)
        {
            int count = address.CopyAddress(bytes);
            return WriteInet4(bytes[..count], destination);
        }

        address.CopyAddress6(bytes);
        return WriteInet6(bytes, destination);
    }

    private static int WriteInet4(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        int length = WriteNumber(bytes[0], destination);
        foreach (byte part in bytes[1..])
        {
            length += Copy("."u8, destination[length..]);
            length += WriteNumber(part, destination[length..]);
        }

        return length;
    }

    /// <summary>
    /// RFC 5952: groups without leading zeros, in lower case, the longest run of two or more zero groups as "::".
    /// </summary>
    private static int WriteInet6(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        (int run, int runLength) = LongestZeroRun(bytes);
        int length = 0;
        for (int group = 0; group < 8; group++)
        {
            if (group == run)
            {
                length += Copy("::"u8, destination[length..]);
                group += runLength - 1;
                continue;
            }

            if (group > 0 && group != run + runLength)
            {
                length += Copy(":"u8, destination[length..]);
            }

            int value = (bytes[2 * group] << 8) | bytes[(2 * group) + 1];
            _ = Utf8Formatter.TryFormat(value, destination[length..], out int written, 'x');
            length += written;
        }

        return length;
    }

    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<byte> bytes)
    {
        (int Start, int Length) longest = (-1, 1);
        for (int start = 0; start < 8; start++)
        {
            int end = start;
            while (end < 8 && bytes[2 * end] == 0 && bytes[(2 * end) + 1] == 0)
            {
                end++;
            }

            if (end - start > longest.Length)
            {
                longest = (start, end - start);
            }

            start = Math.Max(start, end);
        }

        return longest.Start < 0 ? (-1, 0) : longest;
    }

    private static int WriteNumber(int number, Span<byte> destination)
    {
        _ = Utf8Formatter.TryFormat(number, destination, out int written);
        return written;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
