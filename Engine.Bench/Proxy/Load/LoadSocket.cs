using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>
/// One end of a connection in the load generator. The calls that are made for each request go to the system directly: what the
/// load does not spend is left for the proxy to be busy with.
/// </summary>
[SupportedOSPlatform("linux")]
internal abstract class LoadSocket(Socket socket) : IDisposable
{
    /// <summary>ECONNRESET.</summary>
    private const int Reset = 104;

    /// <summary>The kernel has nothing for now.</summary>
    protected const int Nothing = -1;

    private readonly int _descriptor = (int)socket.Handle;

    public int Descriptor => _descriptor;

    /// <summary>
    /// Whether the end was reported: there will be no other event, so what there is has to be received up to it.
    /// </summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether it waits for its next turn without an event.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Does what can be done now.</summary>
    /// <returns>Whether there is more to do that no event will ask for.</returns>
    public abstract bool Advance();

    public void Dispose() => socket.Dispose();

    /// <summary>Bytes received, 0 at the end, or <see cref="Nothing"/>.</summary>
    protected int Receive(Span<byte> room)
        => Outcome(Take(room, room.Length, Libc.DoNotWait), "received");

    /// <summary>The same, without a copy of the bytes.</summary>
    protected int Discard(Span<byte> room, int length)
        => Outcome(Take(room, length, Libc.DoNotWait | Libc.Discard), "received");

    /// <summary>Bytes that the kernel took, or <see cref="Nothing"/>.</summary>
    protected int Send(ReadOnlySpan<byte> bytes)
    {
        const int Flags = Libc.DoNotWait | Libc.NoSignal;
        return Outcome(Libc.Send(_descriptor, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, Flags), "sent");
    }

    /// <summary>The same where a reset is as good an end as any: nothing was asked for.</summary>
    protected int ReceiveOrEnd(Span<byte> room)
    {
        nint received = Take(room, room.Length, Libc.DoNotWait);
        return received < 0 && Marshal.GetLastPInvokeError() == Reset ? 0 : Outcome(received, "received");
    }

    private nint Take(Span<byte> room, int length, int flags)
        => Libc.Receive(_descriptor, ref MemoryMarshal.GetReference(room), (nuint)length, flags);

    private static int Outcome(nint moved, string what)
        => moved >= 0 ? (int)moved
        : Marshal.GetLastPInvokeError() == Libc.WouldBlock ? Nothing
        : throw new LoadException($"nothing more could be {what}: {Marshal.GetLastPInvokeErrorMessage()}");
}
