namespace Engine.Mbufs.Tests.Faults;

/// <content>Copies of chains, and new layouts for them.</content>
internal sealed partial record Fault
{
    private static IEnumerable<Fault> OfLayouts() =>
    [
        Chain("Duplicate()", static (in _, chain, _) => Freed(chain.Duplicate())) with { Recovers = true },
        Chain("TryShare(Int32, Int32, MbufChain)", static (in _, chain, _) => Shared(chain, 0, MbufSizes.CopyAll), "all"),
        Chain("TryShare(Int32, Int32, MbufChain)", static (in _, chain, _) => Shared(chain, Half(chain) / 2, Half(chain)), "the middle"),
        Chain("ShareBehindHead(Int32)", static (in _, chain, _) => Freed(chain.ShareBehindHead(100)), "little headroom"),
        Chain("ShareBehindHead(Int32)", static (in _, chain, _) => Freed(chain.ShareBehindHead(2000)), "much headroom"),
        Chain("TryUnshare()", static (in _, chain, _) => chain.TryUnshare()),
        Chain("TryMakeWritable(Int32, Int32)", static (in _, chain, _) => chain.TryMakeWritable(0, chain.Length), "all"),
        Chain("TryMakeWritable(Int32, Int32)", static (in _, chain, _) => chain.TryMakeWritable(Half(chain), chain.Length / 2), "half"),
        Chain("TryDefragment()", static (in _, chain, _) => chain.TryDefragment()) with { Recovers = true },
        Chain("TrySplitSegments(Int32)", static (in _, chain, _) => chain.TrySplitSegments(500), "large"),
        Chain("TrySplitSegments(Int32)", static (in _, chain, _) => chain.TrySplitSegments(150), "small"),
        Chain("TryCollapse(Int32)", static (in _, chain, _) => chain.TryCollapse(1), "to one") with { Recovers = true },
        Chain("TryCollapse(Int32)", static (in _, chain, _) => chain.TryCollapse(Math.Max(1, chain.SegmentCount - 1)), "by one")
            with { Recovers = true },
    ];

    /// <summary>What there is nothing of to share is refused without asking for memory; that is not what is tried here.</summary>
    private static bool Shared(MbufChain chain, int offset, int length)
    {
        bool done = chain.TryShare(offset, length, out MbufChain copy);
        copy.Dispose();
        return done;
    }
}
