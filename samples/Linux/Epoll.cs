using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Samples.Linux;

/// <summary>One epoll instance and the batch of events that its last wait returned.</summary>
/// <remarks>
/// struct epoll_event is packed to 12 bytes on x86 and aligned to 16 elsewhere, so events are read at a stride that is known at
/// start, out of a buffer that lives as long as the loop.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Modify = 3;

    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int s_stride = s_packed ? 12 : 16;
    private static readonly int s_tokenOffset = s_packed ? 4 : 8;

    private readonly byte[] _events;
    private readonly int _capacity;
    private int _descriptor;

    public Epoll(int capacity)
    {
        _capacity = capacity;
        _events = GC.AllocateArray<byte>(capacity * s_stride, pinned: true);
        _descriptor = Libc.EpollCreate(SocketConstants.CloseOnExec);
        if (_descriptor < 0)
        {
            throw SystemCallException.Of("epoll_create1");
        }
    }

    public bool TryAdd(int descriptor, uint mask, ulong token) => Change(Add, descriptor, mask, token);

    public bool TryModify(int descriptor, uint mask, ulong token) => Change(Modify, descriptor, mask, token);

    /// <summary>Waits for events: -1 for ever, 0 not at all. No scope of the arena may be open meanwhile.</summary>
    /// <returns>The number of events, 0 after the time or a signal.</returns>
    public int Wait(int timeoutMilliseconds)
    {
        int count = Libc.EpollWait(_descriptor, ref _events[0], _capacity, timeoutMilliseconds);
        return Math.Max(count, 0);
    }

    public uint MaskOf(int index) => MemoryMarshal.Read<uint>(_events.AsSpan(index * s_stride));

    public ulong TokenOf(int index) => MemoryMarshal.Read<ulong>(_events.AsSpan((index * s_stride) + s_tokenOffset));

    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private bool Change(int operation, int descriptor, uint mask, ulong token)
    {
        Span<byte> change = stackalloc byte[16];
        MemoryMarshal.Write(change, in mask);
        MemoryMarshal.Write(change[s_tokenOffset..], in token);
        return Libc.EpollControl(_descriptor, operation, descriptor, ref MemoryMarshal.GetReference(change)) == 0;
    }
}

/// <summary>An eventfd: how another thread makes a loop leave epoll_wait.</summary>
[SupportedOSPlatform("linux")]
public sealed class WakeUp : IDisposable
{
    public WakeUp()
    {
        Descriptor = Libc.EventDescriptor(0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
        if (Descriptor < 0)
        {
            throw SystemCallException.Of("eventfd");
        }
    }

    public int Descriptor { get; private set; }

    /// <summary>From any thread.</summary>
    public void Signal() => _ = Libc.Write(Descriptor, 1, sizeof(ulong));

    /// <summary>On the loop's thread.</summary>
    public void Clear()
    {
        ulong count = 0;
        _ = Libc.Read(Descriptor, ref count, sizeof(ulong));
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
        }
    }
}
