using System.Globalization;
using System.Net;
using System.Net.Sockets;

using Engine.Samples.Options;

namespace Proxy;

/// <summary>HOST:PORT as it was written: an IPv4 address, an IPv6 address in brackets, or a name, and a port.</summary>
internal sealed record HostPort(string Host, int Port, IPAddress? Address)
{
    private const string Form = "write HOST:PORT, for example 127.0.0.1:8080, [::1]:8080 or localhost:8080";

    private const int LongestName = 253;

    /// <summary>Parses, and says what is wrong and what would be right if it cannot.</summary>
    public static HostPort Parse(string option, string text, int lowestPort)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0)
        {
            throw Malformed(option, text, "has no host or no port");
        }

        string host = text[..colon];
        string port = text[(colon + 1)..];
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number < lowestPort
            || number > ushort.MaxValue)
        {
            throw new UsageException(
                $"{option}: '{port}' in '{text}' is not a port; a port is a number from {lowestPort} to {ushort.MaxValue}");
        }

        return host.Contains(':') || host[0] == '['
            ? new HostPort(host, number, ParseInet6(option, text, host))
            : new HostPort(host, number, ParseHost(option, text, host));
    }

    public override string ToString() => $"{Host}:{Port}";

    private static IPAddress ParseInet6(string option, string text, string host)
    {
        if (host[0] != '[' || host[^1] != ']')
        {
            throw Malformed(option, text, "has an IPv6 address without brackets");
        }

        return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetworkV6
            ? address
            : throw Malformed(option, text, "has brackets but no IPv6 address in them");
    }

    /// <summary>An IPv4 address in four parts, or null for a name. Shorter historic forms of an address are not taken.</summary>
    private static IPAddress? ParseHost(string option, string text, string host)
    {
        if (host.All(c => char.IsAsciiDigit(c) || c == '.'))
        {
            return host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out IPAddress? address)
                ? address
                : throw Malformed(option, text, "has no valid IPv4 address");
        }

        return host.Length <= LongestName && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? null
            : throw Malformed(option, text, "has no valid host name");
    }

    private static UsageException Malformed(string option, string text, string what) => new($"{option}: '{text}' {what}; {Form}");
}
