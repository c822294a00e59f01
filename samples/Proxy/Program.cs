using System.Runtime.Versioning;

using Engine.Samples.Linux;
using Engine.Samples.Options;

namespace Proxy;

/// <summary>
/// From the command line to an exit code: 0 done, 1 failed, 2 wrongly called. Whatever goes wrong is one line on standard
/// error.
/// </summary>
internal static class Program
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WronglyCalled = 2;

    /// <summary>Held for as long as the process lives: see <see cref="EndRequest"/>.</summary>
    private static readonly EndRequest s_end = new();

    public static int Main(string[] arguments)
    {
        try
        {
            if (ProxyOptions.Parse(arguments) is not { } options)
            {
                Console.WriteLine(ProxyOptions.Help);
                return Done;
            }

            return OperatingSystem.IsLinux()
                ? Run(options)
                : Complain("this proxy needs epoll, which only Linux has (the engine itself runs wherever .NET does)", Failed);
        }
        catch (UsageException e)
        {
            return Complain(e.Message, WronglyCalled);
        }
        catch (Exception e) when (e is StartException or SystemCallException)
        {
            return Complain(e.Message, Failed);
        }
        catch (IOException e)
        {
            return Complain($"cannot start: {e.Message}", Failed);
        }
        catch (OutOfMemoryException)
        {
            return Complain("not enough memory for these limits; lower --mbufs, --clusters or --max-connections", Failed);
        }
    }

    [SupportedOSPlatform("linux")]
    private static int Run(ProxyOptions options)
    {
        // First of all: without descriptors the runtime itself can open nothing any more.
        _ = DescriptorLimit.ConnectionsFor(options.Workers);
        if (options.IsDemonstration)
        {
            return Demonstration.Run(options, s_end) ? Done : Failed;
        }

        ProxyReport report = ProxyRun.Run(options, s_end);
        ReportWriter.Write(report, options.Json);
        return Done;
    }

    private static int Complain(string message, int code)
    {
        Console.Error.WriteLine($"proxy: {message}");
        return code;
    }
}
