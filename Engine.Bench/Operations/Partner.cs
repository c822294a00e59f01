using System.Runtime.Intrinsics.X86;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>
/// The other thread of works that take two: it takes one turn after the other until the work is over, and counts what it
/// allocates.
/// </summary>
internal sealed class Partner : IDisposable
{
    private const int NotPinned = -1;

    private readonly Action _turn;
    private readonly Thread _thread;
    private volatile int _core = NotPinned;
    private volatile bool _isEnding;
    private long _allocatedBytes;

    /// <param name="turn">Some thousand packets; it returns early if <see cref="IsEnding"/>.</param>
    public Partner(Action turn)
    {
        _turn = turn;
        _thread = new Thread(Run) { IsBackground = true };
    }

    /// <summary>Whether the work is over: a turn must not wait any longer.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Managed bytes that the thread has allocated in whole turns.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>What to do while the other thread is behind.</summary>
    public static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause(); // One instruction, as in C; SpinWait counts it in tens of nanoseconds.
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Pins the thread from its next turn on.</summary>
    public void Pin(int core) => _core = core;

    public void Dispose()
    {
        _isEnding = true;
        _thread.Join();
    }

    private void Run()
    {
        int pinned = NotPinned;
        while (!_isEnding)
        {
            if (_core != pinned)
            {
                pinned = _core;
                Cores.PinThread(pinned);
            }

            _turn();
            Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
