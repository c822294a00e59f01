namespace Engine.Mbufs.Tests.Captures;

/// <summary>
/// Gives its bytes a few at a time, as a connection does; knows neither length nor position; can fail before a byte.
/// </summary>
internal sealed class DribblingStream(byte[] bytes, Func<int, int> most) : Stream
{
    private int _position;

    /// <summary>Before this byte is read, the stream fails once; -1 for never.</summary>
    public int FailingAt { get; set; } = -1;

    public bool IsDisposed { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public int Given => _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == FailingAt)
        {
            FailingAt = -1;
            throw new IOException("The connection failed.");
        }

        int end = FailingAt > _position ? FailingAt : bytes.Length;
        int count = Math.Min(Math.Min(end - _position, buffer.Length), Math.Max(1, most(buffer.Length)));
        bytes.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
