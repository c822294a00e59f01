using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Engine.Mbufs;

/// <summary>readv and writev, straight into and out of the arena.</summary>
/// <remarks>
/// One piece goes by recv and send: they skip what readv and writev do for any kind of file, 2 to 4 % of a small request's cost.
/// The addresses come from offsets that the engine computed, lie inside storage that the chain owns for the time of the call,
/// and are native memory, which does not move.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static partial class LinuxSocket
{
    /// <summary>EINTR of Linux' asm-generic/errno.h.</summary>
    private const int Interrupted = 4;

    /// <summary>EAGAIN.</summary>
    private const int TryAgain = 11;

    /// <summary>MSG_NOSIGNAL. The runtime ignores SIGPIPE; what hosts it may not.</summary>
    private const int NoSignal = 0x4000;

    [SkipLocalsInit]
    public static MbufSocketResult Receive(
        int fileDescriptor,
        MbufChain chain,
        int length,
        ZoneId kind = ZoneId.Cluster)
    {
        if (!MbufRoom.TryReserve(chain, length, kind, out MbufRoom room))
        {
            return MbufSocketResult.Exhausted;
        }

        Span<Vector> vectors = stackalloc Vector[room.PieceCount];
        int count = 0;
        MbufRoom.PieceEnumerator pieces = room.Walk();
        while (pieces.MoveNext())
        {
            vectors[count] = new Vector(chain.Cache.Hot.Memory.Raw.Pointer(pieces.CurrentOffset), (nuint)pieces.CurrentLength);
            count++;
        }

        nint received;
        int error;
        do
        {
            received = count == 1
                ? ReceiveBytes(fileDescriptor, vectors[0].Address, vectors[0].Length, flags: 0)
                : ReadVectors(fileDescriptor, in MemoryMarshal.GetReference(vectors), count);
            error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);
        room.CommitFilled((int)Math.Max(received, 0));
        return received == 0
            ? MbufSocketResult.Ended(MbufSocketStatus.EndOfStream, room.Length)
            : Result(received, room.Length, error);
    }

    [SkipLocalsInit]
    public static MbufSocketResult Send(int fileDescriptor, MbufChain chain)
    {
        ref MbufHeader head = ref chain.VerifiedHead();
        if (head.ChainLength == 0)
        {
            return MbufSocketResult.Moved(0, 0);
        }

        Span<Vector> vectors = stackalloc Vector[Math.Min(head.Segments, MbufRoom.MaximumPieces)];
        int count = 0;
        int offered = 0;
        RawMemory memory = chain.Cache.Hot.Memory.Raw;
        for (uint index = chain.Index; index != 0 && count < vectors.Length;)
        {
            ref MbufHeader header = ref memory.Header(index);
            if (header.SegmentLength > 0)
            {
                vectors[count] = new Vector(memory.Pointer(header.Data), (nuint)header.SegmentLength);
                offered += header.SegmentLength;
                count++;
            }

            index = header.Next;
        }

        nint sent;
        int error;
        do
        {
            sent = count == 1
                ? SendBytes(fileDescriptor, vectors[0].Address, vectors[0].Length, NoSignal)
                : WriteVectors(fileDescriptor, in MemoryMarshal.GetReference(vectors), count);
            error = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);
        try
        {
            _ = sent > 0 ? chain.TrimStart((int)sent) : 0;
        }
        catch (Exception exception)
        {
            throw new MbufRoutineException(MbufSocketResult.Moved((int)sent, offered), exception);
        }

        return Result(sent, offered, error);
    }

    /// <summary>The error was read at once: what runs between the call and here may make calls of its own.</summary>
    private static MbufSocketResult Result(nint moved, int offered, int error)
        => moved >= 0 ? MbufSocketResult.Moved((int)moved, offered)
        : error == TryAgain ? MbufSocketResult.Ended(MbufSocketStatus.WouldBlock, offered)
        : MbufSocketResult.Ended(MbufSocketStatus.Failed, offered, Translate(error));

    private static SocketError Translate(int error) => error switch
    {
        9 or 88 => SocketError.NotSocket, // EBADF, ENOTSOCK
        12 or 105 => SocketError.NoBufferSpaceAvailable, // ENOMEM, ENOBUFS
        13 or 1 => SocketError.AccessDenied, // EACCES, EPERM
        14 => SocketError.Fault, // EFAULT
        22 => SocketError.InvalidArgument, // EINVAL
        32 => SocketError.Shutdown, // EPIPE
        100 => SocketError.NetworkDown, // ENETDOWN
        101 => SocketError.NetworkUnreachable, // ENETUNREACH
        102 => SocketError.NetworkReset, // ENETRESET
        103 => SocketError.ConnectionAborted, // ECONNABORTED
        104 => SocketError.ConnectionReset, // ECONNRESET
        107 => SocketError.NotConnected, // ENOTCONN
        110 => SocketError.TimedOut, // ETIMEDOUT
        111 => SocketError.ConnectionRefused, // ECONNREFUSED
        112 => SocketError.HostDown, // EHOSTDOWN
        113 => SocketError.HostUnreachable, // EHOSTUNREACH
        _ => SocketError.SocketError,
    };

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveBytes(int fileDescriptor, nint bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendBytes(int fileDescriptor, nint bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "readv", SetLastError = true)]
    private static partial nint ReadVectors(int fileDescriptor, in Vector vectors, int count);

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    private static partial nint WriteVectors(int fileDescriptor, in Vector vectors, int count);

    /// <summary>struct iovec (POSIX, sys/uio.h).</summary>
    private readonly record struct Vector(nint Address, nuint Length);
}
