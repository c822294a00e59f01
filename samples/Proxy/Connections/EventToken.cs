namespace Proxy;

/// <summary>
/// What epoll hands back with an event: which socket of which connection, and of which generation of its slot; or one of the
/// loop's own descriptors.
/// </summary>
internal static class EventToken
{
    public const ulong Listener = ulong.MaxValue;
    public const ulong WakeUp = ulong.MaxValue - 1;

    public static ulong OfClient(in Connection connection) => Of(connection, 0);

    public static ulong OfBackend(in Connection connection) => Of(connection, 1);

    public static uint GenerationOf(ulong token) => (uint)(token >> 32);

    public static int IndexOf(ulong token) => (int)((uint)token >> 1);

    public static bool IsBackend(ulong token) => (token & 1) != 0;

    private static ulong Of(in Connection connection, uint side)
        => ((ulong)connection.Generation << 32) | ((uint)connection.Index << 1) | side;
}
