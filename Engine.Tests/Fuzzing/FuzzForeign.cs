using System.Buffers;

namespace Engine.Mbufs.Tests.Fuzzing;

/// <summary>Sees bytes of a packet, and meanwhile does what it likes with the scope and the packet.</summary>
internal ref struct FuzzVisitor(FuzzActor actor, MbufScope mbufs, MbufChain packet) : IMbufVisitor, IMbufTransformer
{
    private readonly MbufScope _mbufs = mbufs;
    private readonly MbufChain _packet = packet;

    /// <summary>The sum of what was seen: every byte is read.</summary>
    public int Sum { get; private set; }

    public int Visit(scoped ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            Sum += one;
        }

        actor.InsideOf(_mbufs, _packet);
        return actor.Random.Next(8) == 0 ? 1 : 0;
    }

    public int Transform(scoped Span<byte> bytes)
    {
        bytes.Reverse();
        actor.InsideOf(_mbufs, _packet);
        return actor.Random.Next(8) == 0 ? 1 : 0;
    }
}

/// <summary>Gives the bytes of a new packet, and meanwhile works in the scope that it is made in.</summary>
internal readonly ref struct FuzzSource(FuzzActor actor, MbufScope mbufs) : IMbufSource
{
    private readonly MbufScope _mbufs = mbufs;

    public void CopyTo(int offset, scoped Span<byte> destination)
    {
        destination.Fill((byte)offset);
        actor.InsideOf(_mbufs, default);
    }
}

/// <summary>Memory outside of the arena, with a margin on both sides that nobody may write; its end is foreign code.</summary>
internal sealed class FuzzMemory : IMemoryOwner<byte>
{
    private const int Margin = 32;
    private const byte MarginByte = 0xA5;

    private readonly FuzzWorld _world;
    private readonly byte[] _bytes;
    private int _disposed;

    public FuzzMemory(FuzzWorld world, int length)
    {
        _world = world;
        _bytes = new byte[length + (2 * Margin)];
        Array.Fill(_bytes, MarginByte);
    }

    public Memory<byte> Memory => _bytes.AsMemory(Margin, _bytes.Length - (2 * Margin));

    public void Dispose()
    {
        _world.CountDisposed();
        if (Interlocked.Increment(ref _disposed) != 1)
        {
            _world.Fail("An owner of memory was disposed twice.");
        }

        if (_bytes.AsSpan(0, Margin).ContainsAnyExcept(MarginByte) || _bytes.AsSpan(^Margin).ContainsAnyExcept(MarginByte))
        {
            _world.Fail("Bytes beside attached memory were written.");
        }

        FuzzActor.RunForeign();
    }
}
