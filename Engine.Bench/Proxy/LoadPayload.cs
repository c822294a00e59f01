using System.Globalization;
using System.Text;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>
/// What goes over the wire: a request that names a number of bytes, and the response with as many of them. Every byte of a
/// response follows from its place, so whoever receives it knows whether it is right.
/// </summary>
internal sealed class LoadPayload
{
    public const int RequestLength = 80;
    public const int HeaderLength = 128;

    /// <summary>A body repeats itself after this many bytes.</summary>
    private const int Period = 1 << 20;

    /// <summary>Header and body without a seam; then the body goes on from one period to the next.</summary>
    private readonly byte[] _image;

    public LoadPayload(int bodyBytes)
    {
        Length = HeaderLength + (long)bodyBytes;
        Request = Encoding.ASCII.GetBytes(Padded($"GET /{bodyBytes} HTTP/1.1\r\nHost: origin\r\nX-Pad: ", RequestLength));
        string header = Padded($"HTTP/1.1 200 OK\r\nContent-Length: {bodyBytes}\r\nX-Pad: ", HeaderLength);

        // Two periods, so that a piece of one period can begin anywhere in the first.
        _image = new byte[HeaderLength + Math.Min(bodyBytes, 2 * Period)];
        _ = Encoding.ASCII.GetBytes(header, _image);
        Fill(_image.AsSpan(HeaderLength));
    }

    /// <summary>Bytes of the response, header and body.</summary>
    public long Length { get; }

    public byte[] Request { get; }

    /// <summary>How many bytes a request asks for; negative if it is not a request.</summary>
    public static int BodyBytesOf(ReadOnlySpan<byte> request)
    {
        ReadOnlySpan<byte> start = "GET /"u8;
        if (request.Length != RequestLength || !request.StartsWith(start))
        {
            return -1;
        }

        ReadOnlySpan<byte> rest = request[start.Length..];
        int end = rest.IndexOf((byte)' ');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) ? bytes : -1;
    }

    /// <summary>The response from a place on: as much of it as is in one piece, up to a limit.</summary>
    public ReadOnlySpan<byte> At(long position, int most)
    {
        int start = position < _image.Length - Period || Length == _image.Length
            ? (int)position
            : HeaderLength + (int)((position - HeaderLength) % Period);
        int length = (int)Math.Min(Math.Min(most, _image.Length - start), Length - position);
        return _image.AsSpan(start, length);
    }

    private static string Padded(string start, int length) => start.PadRight(length - 4, '-') + "\r\n\r\n";

    /// <summary>Xorshift: no two places of a period look alike.</summary>
    private static void Fill(Span<byte> body)
    {
        uint state = 2463534242;
        int first = Math.Min(body.Length, Period);
        for (int i = 0; i < first; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            body[i] = (byte)state;
        }

        body[..(body.Length - first)].CopyTo(body[first..]);
    }
}
