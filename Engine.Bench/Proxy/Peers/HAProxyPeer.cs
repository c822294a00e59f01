using System.Diagnostics;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>HAProxy in TCP mode on one thread, with its defaults; with or without splice.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HAProxyPeer(string name, bool splices) : ProxyPeer(name)
{
    private readonly string? _program = SystemProgram.Find("haproxy");

    public override string? MissingBecause => _program is null ? "apt-get install haproxy" : null;

    public override RunningProxy Start(int originPort, int core, string folder)
    {
        int port = FreePort.Take();
        string path = Path.Combine(folder, Name + ".cfg");
        File.WriteAllText(path, Configuration(port, originPort));

        // -db: in the foreground, in one process.
        return RunningProxy.StartOn(Name, new ProcessStartInfo(_program!, ["-db", "-f", path]), core, port);
    }

    private string Configuration(int port, int originPort) => $"""
        global
            nbthread 1
            {(splices ? "" : "nosplice")}
        defaults
            mode tcp
            timeout connect 5s
            timeout client 5m
            timeout server 5m
            {(splices ? "option splice-auto\n    option splice-request\n    option splice-response" : "")}
        listen bench
            bind 127.0.0.1:{port}
            server origin 127.0.0.1:{originPort}

        """;
}
