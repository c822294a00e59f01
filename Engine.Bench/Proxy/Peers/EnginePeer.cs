using System.Runtime.Versioning;

namespace Engine.Mbufs.Bench.Proxy;

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
