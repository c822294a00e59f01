using System.Net.Sockets;

namespace Engine.Mbufs;

/// <summary>What a socket operation on a chain did.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes moved; 0 unless <see cref="MbufSocketStatus.Transferred"/>.</param>
/// <param name="Offered"> Bytes that the system was offered: room when receiving, data when sending. Fewer moved than offered
/// means that the socket is drained, or full, for now.
/// </param>
/// <param name="Error">The error of <see cref="MbufSocketStatus.Failed"/>, else Success.</param>
public readonly record struct MbufSocketResult(MbufSocketStatus Status, int Bytes, int Offered, SocketError Error)
{
    internal static MbufSocketResult Exhausted { get; } = new(MbufSocketStatus.Exhausted, 0, 0, SocketError.Success);

    internal static MbufSocketResult Ended(MbufSocketStatus status, int offered, SocketError error = SocketError.Success)
        => new(status, 0, offered, error);

    internal static MbufSocketResult Moved(int bytes, int offered)
        => new(MbufSocketStatus.Transferred, bytes, offered, SocketError.Success);
}

/// <summary>How a socket operation on a chain ended.</summary>
public enum MbufSocketStatus
{
    /// <summary>Bytes were moved; fewer than were offered is no error.</summary>
    Transferred = 0,

    /// <summary>The socket is not ready (EAGAIN): nothing was moved.</summary>
    WouldBlock = 1,

    /// <summary>The peer has ended its side of the connection: there is nothing more to receive.</summary>
    EndOfStream = 2,

    /// <summary>The arena had no room to receive into: nothing was read, the bytes wait in the socket.</summary>
    Exhausted = 3,

    /// <summary>The connection failed; <see cref="MbufSocketResult.Error"/> says how.</summary>
    Failed = 4,
}

/// <summary>
/// A free routine threw when bytes had been moved that nobody can call back: this has the result of the operation, and what was thrown is
/// the inner exception. Chain and arena are as after a success.
/// </summary>
/// <remarks>
/// Only where the result cannot be asked for otherwise. Every other operation throws what the routine threw, when all is done.
/// </remarks>
public class MbufRoutineException : MbufException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufRoutineException()
        : base("A free routine threw when bytes had been moved already. Result tells how many, the inner exception what was thrown.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufRoutineException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What the routine threw.</param>
    public MbufRoutineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal MbufRoutineException(MbufSocketResult result, Exception thrown)
        : base($"{result.Bytes} bytes were sent and trimmed off the chain; then a free routine threw ({thrown.GetType().Name}).", thrown)
        => Result = result;

    /// <summary>What the operation would have returned; default where the exception was not made by one. O(1).</summary>
    public MbufSocketResult Result { get; }
}
