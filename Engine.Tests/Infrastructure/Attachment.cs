using System.Runtime.InteropServices;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Native memory to attach, whose routine notes each call and the arguments that came with it, on whichever thread it comes.
/// </summary>
internal sealed unsafe class Attachment : IDisposable
{
    private const nint Second = 0x5EC0;

    private readonly GCHandle _self;
    private readonly byte* _memory;
    private readonly int* _counter;
    private readonly bool _throws;
    private int _calls;
    private int _wrong;

    public Attachment(int size, bool throws = false)
    {
        Size = size;
        _throws = throws;
        _memory = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, size));
        _counter = (int*)NativeMemory.AllocZeroed(sizeof(int));
        _self = GCHandle.Alloc(this);
    }

    public int Size { get; }

    /// <summary>How often the routine was called.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How often with other arguments than were given.</summary>
    public int Wrong => Volatile.Read(ref _wrong);

    /// <summary>Called inside the routine.</summary>
    public Action? OnRelease { get; init; }

    /// <summary>The thread that the routine was called on.</summary>
    public int Thread { get; private set; }

    public Span<byte> Bytes => new(_memory, Size);

    /// <summary>The counter of storage that the caller counts.</summary>
    public ref int Counter => ref *_counter;

    public MbufExternalStorage Describe(MbufExternalType type = MbufExternalType.Module, MbufFlags flags = MbufFlags.None) => new()
    {
        Address = _memory,
        Size = Size,
        Routine = &Release,
        Argument1 = GCHandle.ToIntPtr(_self),
        Argument2 = Second,
        Type = type,
        Flags = flags,
        Counter = type == MbufExternalType.CallerCounted ? _counter : null,
    };

    /// <summary>A packet whose only mbuf refers to the memory, all of it data.</summary>
    public MbufChain Attach(in MbufScope mbufs, MbufFlags flags = MbufFlags.None)
    {
        MbufChain packet = mbufs.AllocatePacketWithoutCluster();
        return packet.DangerousTryAttachExternal(Describe(flags: flags), Size)
            ? packet
            : throw new InvalidOperationException("The arena has no record for external storage.");
    }

    public void Dispose()
    {
        _self.Free();
        NativeMemory.Free(_memory);
        NativeMemory.Free(_counter);
    }

    private static void Release(nint self, nint second)
    {
        var attachment = (Attachment)GCHandle.FromIntPtr(self).Target!;
        if (second != Second)
        {
            Interlocked.Increment(ref attachment._wrong);
        }

        Interlocked.Increment(ref attachment._calls);
        attachment.Thread = Environment.CurrentManagedThreadId;
        attachment.OnRelease?.Invoke();
        if (attachment._throws)
        {
            throw new InvalidOperationException("The routine was told to throw.");
        }
    }
}
