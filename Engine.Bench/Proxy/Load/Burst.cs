namespace Engine.Mbufs.Bench.Proxy;

/// <summary>A stretch of load on one proxy.</summary>
/// <param name="Scenario">What kind.</param>
/// <param name="Port">Where the proxy listens, on the loopback interface.</param>
/// <param name="Process">The proxy's process, whose time is taken.</param>
/// <param name="Duration">How long it is measured, after a start that does not count.</param>
/// <param name="ChecksContent">Whether every byte of every response is looked at; small ones always are.</param>
internal sealed record Burst(Scenario Scenario, int Port, int Process, TimeSpan Duration, bool ChecksContent);
