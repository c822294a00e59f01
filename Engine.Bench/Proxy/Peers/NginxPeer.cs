using System.Diagnostics;
using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

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
