namespace Engine.Mbufs.Bench.Proxy;

/// <summary>What a burst came to.</summary>
/// <param name="Seconds">How long it was measured.</param>
/// <param name="ProcessorSeconds">How long the proxy's process ran meanwhile.</param>
/// <param name="Responses">Whole responses that the clients received.</param>
/// <param name="Bytes">Bytes of responses, those of unfinished ones included.</param>
/// <param name="Latencies">From a request to the last byte of its response.</param>
internal sealed record BurstResult(
    double Seconds,
    double ProcessorSeconds,
    long Responses,
    long Bytes,
    LatencyHistogram Latencies)
{
    private const double Giga = 1e9;

    public double ProcessorSecondsPerResponse => ProcessorSeconds / Responses;

    public double ProcessorSecondsPerGigabyte => ProcessorSeconds / Bytes * Giga;
}
