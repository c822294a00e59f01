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
