using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>Sockets that are waited for together, each with a number of the caller's choice.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollSet : IDisposable
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    /// <summary>EPOLLERR, EPOLLHUP and EPOLLRDHUP: behind what can be received is the end.</summary>
    public const uint Ended = 0x008 | 0x010 | 0x2000;

    public const uint EdgeTriggered = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Capacity = 256;

    /// <summary>struct epoll_event is packed on x64, and aligned elsewhere.</summary>
    private static readonly int s_stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int s_token = s_stride - sizeof(ulong);

    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * s_stride, pinned: true);
    private readonly int _descriptor;

    public EpollSet()
    {
        _descriptor = Libc.EpollCreate(CloseOnExec);
        if (_descriptor < 0)
        {
            throw Failure("epoll_create1");
        }
    }

    public void Watch(int descriptor, uint mask, int token)
    {
        Span<byte> change = stackalloc byte[16];
        MemoryMarshal.Write(change, in mask);
        ulong number = (uint)token;
        MemoryMarshal.Write(change[s_token..], in number);
        if (Libc.EpollControl(_descriptor, Add, descriptor, ref change[0]) != 0)
        {
            throw Failure("epoll_ctl");
        }
    }

    /// <summary>What there is now, without waiting.</summary>
    public int Poll() => Math.Max(Libc.EpollWait(_descriptor, ref _events[0], Capacity, 0), 0);

    public uint MaskOf(int index) => MemoryMarshal.Read<uint>(_events.AsSpan(index * s_stride));

    public int TokenOf(int index) => (int)MemoryMarshal.Read<ulong>(_events.AsSpan((index * s_stride) + s_token));

    public void Dispose() => _ = Libc.Close(_descriptor);

    private static BenchException Failure(string call) => new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}.");
}
