using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>
/// How many descriptors the process may have open (RLIMIT_NOFILE; the runtime has raised the soft limit to the hard one).
/// </summary>
[SupportedOSPlatform("linux")]
internal static class DescriptorLimit
{
    /// <summary>A connection is two sockets.</summary>
    public const int EachConnection = 2;

    /// <summary>What the runtime, the console and the libraries have open or may open, beside the loops' own.</summary>
    private const int Reserve = 160;

    /// <summary>epoll, eventfd, listener and the warm-up's sockets.</summary>
    private const int EachWorker = 8;

    /// <summary>The connections that can be open at a time under the limit.</summary>
    /// <exception cref="StartException">It leaves room for none.</exception>
    public static int ConnectionsFor(int workers)
    {
        if (Libc.GetResourceLimit(SocketConstants.ResourceDescriptors, out ResourceLimit limit) != 0)
        {
            return int.MaxValue;
        }

        long descriptors = (long)Math.Min(limit.Soft, int.MaxValue);
        long fewest = Reserve + ((long)workers * EachWorker) + EachConnection;
        return descriptors >= fewest
            ? (int)((descriptors - fewest) / EachConnection) + 1
            : throw new StartException(
                $"the limit of {descriptors} open descriptors is too low; {workers} workers need {fewest} (ulimit -n)");
    }
}
