namespace Engine.Mbufs;

/// <summary>What a debugger shows of a chain.</summary>
internal sealed class MbufChainDebugView
{
    public MbufChainDebugView(MbufChain chain)
    {
        Summary = chain.ToString();
        var segments = new List<byte[]>();
        if (chain.IsOwned)
        {
            foreach (ReadOnlySpan<byte> segment in chain.Segments)
            {
                segments.Add(segment.ToArray());
            }
        }

        Segments = [.. segments];
    }

    public string Summary { get; }

    public byte[][] Segments { get; }
}
