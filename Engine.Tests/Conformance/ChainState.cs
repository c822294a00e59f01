namespace Engine.Mbufs.Tests.Conformance;

/// <summary>A chain at one moment, contents and layout, to show that a failure left both as they were.</summary>
internal sealed class ChainState
{
    private readonly string _content;
    private readonly ChainSnapshot _layout;

    private ChainState(MbufChain chain)
    {
        _content = TraceState.OfChain(chain);
        _layout = ChainSnapshot.Of(chain);
    }

    public static ChainState Of(MbufChain chain) => new(chain);

    public void AssertUnchanged(MbufChain chain)
    {
        string content = TraceState.OfChain(chain);
        if (content != _content)
        {
            throw new TraceException($"A failure changed {_content} to {content}.");
        }

        _layout.AssertUnchanged(chain);
    }
}
