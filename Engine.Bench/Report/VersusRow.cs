namespace Engine.Mbufs.Bench.Report;

/// <summary>A row of <c>versus</c>, by the names of its JSON.</summary>
internal sealed record VersusRow(
    string Work,
    string Peer,
    double EngineNs,
    double PeerNs,
    double Ratio,
    double RatioLow,
    double RatioHigh,
    double EngineManagedBytes);
