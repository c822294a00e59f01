namespace Engine.Mbufs;

/// <summary>What gets storage of its own together: some neighbours whole, or the middle of one mbuf.</summary>
internal struct ReplacedRun
{
    /// <summary>Its first mbuf.</summary>
    public uint First;

    /// <summary>How many mbufs it is.</summary>
    public int Count;

    /// <summary>Bytes at its start that stay where they are.</summary>
    public int Kept;

    /// <summary>Bytes behind them that are copied.</summary>
    public int Copied;

    /// <summary>Bytes behind those that stay where they are, and become another mbuf's.</summary>
    public int Rest;
}
