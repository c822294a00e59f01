using System.Net.Sockets;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>Everything that the socket tests run with: each form over each kind of connection.</summary>
public static class SocketSetup
{
    private static readonly (Transport Transport, ArenaKind Arena)[] s_transports =
    [
        (Transport.Tcp4, new ArenaKind(128, false)),
        (Transport.Tcp6, new ArenaKind(0, false)),
        (Transport.Unix, new ArenaKind(128, true)),
    ];

    public static IEnumerable<TestFixtureData> All
        => from transport in s_transports
           from form in Forms()
           select Describe(form.Form, form.Refusal, transport.Transport, transport.Arena);

    /// <summary>A form that this system does not have is in the list, too, with the reason why it is skipped.</summary>
    private static IEnumerable<(SocketForm? Form, string? Refusal)> Forms()
    {
        yield return (SocketForm.Public, null);
        yield return (SocketForm.Portable, null);
        yield return OperatingSystem.IsLinux()
            ? (SocketForm.Descriptor, null)
            : (null, "The overloads for file descriptors exist on Linux only.");
    }

    private static TestFixtureData Describe(SocketForm? form, string? refusal, Transport transport, ArenaKind arena)
    {
        var data = new TestFixtureData(form, transport, arena);
        data.SetArgDisplayNames(form?.ToString() ?? "DescriptorForm", transport.ToString());
        string? reason = refusal ?? transport switch
        {
            Transport.Tcp6 when !Socket.OSSupportsIPv6 => "This system has no IPv6.",
            Transport.Unix when !Socket.OSSupportsUnixDomainSockets => "This system has no Unix domain sockets.",
            _ => null,
        };
        return reason is null ? data : data.Ignore(reason);
    }
}
