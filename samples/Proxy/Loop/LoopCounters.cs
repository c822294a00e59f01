using System.Runtime.InteropServices;

namespace Proxy;

/// <summary>
/// What a worker counts. Written by its thread alone, so nothing is atomic; read by others at any time, a little late.
/// </summary>
/// <remarks>
/// Padded on both sides: the counters of two workers never share a cache line, or the pair that the prefetcher fetches.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Padding + Used + Padding)]
internal struct LoopCounters
{
    private const int Padding = 128;
    private const int Used = 5 * sizeof(long);

    /// <summary>Clients accepted.</summary>
    [FieldOffset(Padding)]
    public long Connections;

    /// <summary>Of these, closed without having been served: limits reached, or no backend to be had.</summary>
    [FieldOffset(Padding + 8)]
    public long Refused;

    [FieldOffset(Padding + 16)]
    public long BytesToBackend;

    [FieldOffset(Padding + 24)]
    public long BytesToClient;

    /// <summary>Connections open now.</summary>
    [FieldOffset(Padding + 32)]
    public long Open;
}
