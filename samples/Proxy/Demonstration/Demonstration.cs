namespace Proxy;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal static class Demonstration
{
    public static bool Run(ProxyOptions options) => options.Json;
}
