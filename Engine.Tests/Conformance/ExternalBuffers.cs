using System.Runtime.InteropServices;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>
/// The buffers that MEXTADD attaches, and how often the routine of each was called: once is right, with its own arguments.
/// </summary>
internal sealed unsafe class ExternalBuffers : IDisposable
{
    private const nint Secret = 0x5EC2E7;

    /// <summary>Routines are static and get numbers only; a trace frees on the thread that runs it.</summary>
    [ThreadStatic]
    private static ExternalBuffers? t_current;

    private readonly List<Buffer> _buffers = [];

    public ExternalBuffers() => t_current = this;

    public int Calls { get; private set; }

    /// <summary>Calls with arguments that no buffer was attached with, or for a buffer that was released before.</summary>
    public int Bad { get; private set; }

    public int Live => _buffers.Count(static buffer => !buffer.IsReleased);

    /// <summary>Memory with a pattern at its start, described for attaching.</summary>
    public MbufExternalStorage Create(int size, ReadOnlySpan<byte> pattern, MbufExternalType type, bool readOnly)
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)Math.Max(size, 1) + sizeof(int), sizeof(int));
        var buffer = new Buffer { Counter = (int*)memory };
        _buffers.Add(buffer);
        *buffer.Counter = 1;
        var bytes = new Span<byte>(buffer.Counter + 1, size);
        bytes.Fill(0xA5);
        pattern.CopyTo(bytes);
        return new MbufExternalStorage
        {
            Address = buffer.Counter + 1,
            Size = size,
            Type = type,
            Flags = readOnly ? MbufFlags.ReadOnly : MbufFlags.None,
            Counter = type == MbufExternalType.CallerCounted ? buffer.Counter : null,
            Routine = &Release,
            Argument1 = _buffers.Count,
            Argument2 = Secret ^ _buffers.Count,
        };
    }

    public void Dispose()
    {
        t_current = null;
        foreach (Buffer buffer in _buffers)
        {
            NativeMemory.AlignedFree(buffer.Counter);
        }
    }

    private static void Release(nint number, nint check)
    {
        if (t_current is { } buffers)
        {
            buffers.Note(number, check);
        }
    }

    private void Note(nint number, nint check)
    {
        Calls++;
        Buffer? buffer = number > 0 && number <= _buffers.Count ? _buffers[(int)number - 1] : null;
        if (buffer is null || check != (Secret ^ number) || buffer.IsReleased)
        {
            Bad++;
        }
        else
        {
            buffer.IsReleased = true;
        }
    }

    private sealed class Buffer
    {
        /// <summary>Where the memory starts: with the counter of references.</summary>
        public int* Counter { get; init; }

        public bool IsReleased { get; set; }
    }
}
