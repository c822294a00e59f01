namespace Engine.Mbufs;

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
