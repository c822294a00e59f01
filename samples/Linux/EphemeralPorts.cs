using System.Globalization;

namespace Engine.Samples.Linux;

/// <summary>The ports that the kernel gives to outgoing connections.</summary>
public static class EphemeralPorts
{
    private const string Setting = "/proc/sys/net/ipv4/ip_local_port_range";

    /// <summary>The lowest of them; the lowest port of all if the system does not say.</summary>
    public static int Lowest { get; } = ReadLowest();

    private static int ReadLowest()
    {
        try
        {
            string[] range = File.ReadAllText(Setting).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return int.Parse(range[0], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return 1;
        }
    }
}
