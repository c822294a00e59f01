using System.Diagnostics;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

/// <summary>A proxy that can be put under load, if it is on this machine.</summary>
[SupportedOSPlatform("linux")]
internal abstract class ProxyPeer(string name)
{
    public const string Engine = "engine";

    /// <summary>What every other proxy is compared with: HAProxy as it is without splice.</summary>
    public const string Reference = "haproxy";

    public string Name { get; } = name;

    /// <summary>Why it cannot run here, and what helps; null if it can.</summary>
    public abstract string? MissingBecause { get; }

    /// <summary>Whether it takes a while under load until its code is compiled for good.</summary>
    public virtual bool IsManaged => false;

    /// <summary>Whether it reports what its collector does whenever it is asked, rather than once at its end.</summary>
    public virtual bool ReportsAnyTime => false;

    /// <summary>Starts it on a core, in front of the origin; it takes connections when this returns.</summary>
    public abstract RunningProxy Start(int originPort, int core, string folder);

    /// <summary>Every proxy there is, in the order of the tables.</summary>
    public static IReadOnlyList<ProxyPeer> All { get; } =
    [
        new EnginePeer(),
        new HAProxyPeer(Reference, splices: false),
        new HAProxyPeer("haproxy-splice", splices: true),
        new NginxPeer(),
        new BaselinePeer("copytoasync"),
        new BaselinePeer("pipelines"),
    ];

    /// <summary>The proxy of a name.</summary>
    public static ProxyPeer Find(string name)
        => All.FirstOrDefault(peer => peer.Name == name)
            ?? throw new UsageException($"There is no proxy '{name}': {string.Join(", ", All.Select(peer => peer.Name))}.");
}

/// <summary>
/// The engine's own proxy, samples/Proxy, with one worker. It reports at its end, and counts from its warm-up on.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class EnginePeer() : ProxyPeer(Engine)
{
    private const string Sample = "Proxy";

    public override string? MissingBecause => DotnetProgram.MissingBecause(Sample);
    public override bool IsManaged => true;

    public override RunningProxy Start(int originPort, int core, string folder)
    {
        // Should nobody be there any more to end it, it ends by itself.
        string[] arguments =
        [
            "--listen", "127.0.0.1:0", "--backend", $"127.0.0.1:{originPort}", "--workers", "1", "--seconds", "1h", "--json",
        ];
        return RunningProxy.StartAnnouncing(Name, DotnetProgram.Start(Sample, arguments), core, EndReport);
    }

    private static ManagedFigures EndReport(RunningProxy proxy)
    {
        proxy.Terminate();
        return ManagedFigures.Parse(proxy.Name, proxy.ReadOutputToEnd(), "gc_collections", "worker_managed_bytes");
    }
}

/// <summary>
/// One of the two proxies of samples/BaselineProxies. It answers a line with what its collector has done so far.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class BaselinePeer(string kind) : ProxyPeer(kind)
{
    private const string Sample = "BaselineProxies";

    public override string? MissingBecause => DotnetProgram.MissingBecause(Sample) ?? DotnetProgram.MissingAspNetCore();
    public override bool IsManaged => true;
    public override bool ReportsAnyTime => true;

    public override RunningProxy Start(int originPort, int core, string folder)
    {
        string[] arguments = [Name, "--listen", "127.0.0.1:0", "--backend", $"127.0.0.1:{originPort}"];
        return RunningProxy.StartAnnouncing(Name, DotnetProgram.Start(Sample, arguments), core, Report);
    }

    private static ManagedFigures Report(RunningProxy proxy)
        => ManagedFigures.Parse(proxy.Name, proxy.Ask("report"), "gc_collections", "managed_bytes");
}

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

/// <summary>nginx's stream module, in one process, with its defaults.</summary>
[SupportedOSPlatform("linux")]
internal sealed class NginxPeer : ProxyPeer
{
    private const string Module = "ngx_stream_module.so";

    /// <summary>Where distributions put modules that nginx loads at start; Debian first.</summary>
    private static readonly string[] s_moduleFolders =
        ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/etc/nginx/modules"];

    private readonly string? _program = SystemProgram.Find("nginx");
    private readonly string? _module = s_moduleFolders.Select(folder => Path.Combine(folder, Module)).FirstOrDefault(File.Exists);

    public NginxPeer() : base("nginx")
    {
    }

    public override string? MissingBecause
        => _program is null ? "apt-get install nginx libnginx-mod-stream"
        : _module is null && !HasStream(_program) ? "its stream module is not there; apt-get install libnginx-mod-stream"
        : null;

    public override RunningProxy Start(int originPort, int core, string folder)
    {
        int port = FreePort.Take();
        string path = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(path, Configuration(port, originPort, folder));
        ProcessStartInfo start = new(_program!, ["-p", folder, "-e", "error.log", "-c", path]);
        return RunningProxy.StartOn(Name, start, core, port);
    }

    private static bool HasStream(string program)
    {
        // "--with-stream=dynamic" is the module that was looked for in vain.
        ProcessStartInfo start = new(program, ["-V"]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string[] options = process.StandardError.ReadToEnd().Split();
        process.WaitForExit();
        return options.Contains("--with-stream");
    }

    private string Configuration(int port, int originPort, string folder) => $$"""
        {{(_module is null ? "" : $"load_module {_module};")}}
        daemon off;
        master_process off;
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/error.log crit;
        events {
            worker_connections 1024;
        }
        stream {
            access_log off;
            server {
                listen 127.0.0.1:{{port}};
                proxy_pass 127.0.0.1:{{originPort}};
            }
        }

        """;
}
