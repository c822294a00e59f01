using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

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
