namespace Engine.Mbufs;

/// <summary>
/// What <c>Audit</c> found: that every item of the arena is in exactly one place, or what is wrong.
/// </summary>
public sealed class MbufAudit
{
    internal MbufAudit(IReadOnlyList<string> problems, int liveChains, int liveMbufs, int liveTags, int[] liveClusters)
    {
        Problems = problems;
        LiveChains = liveChains;
        LiveMbufs = liveMbufs;
        LiveTags = liveTags;
        LiveClusters = liveClusters[(int)ZoneId.Cluster];
        LivePageClusters = liveClusters[(int)ZoneId.Page];
        LiveJumbo9Clusters = liveClusters[(int)ZoneId.Jumbo9];
        LiveJumbo16Clusters = liveClusters[(int)ZoneId.Jumbo16];
        LiveExternalStorages = liveClusters[(int)ZoneId.External];
    }

    /// <summary>True if nothing is wrong.</summary>
    public bool IsConsistent => Problems.Count == 0;

    /// <summary>What is wrong, a sentence each; at most 64 are kept.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Chains that are allocated and not freed.</summary>
    public int LiveChains { get; }

    /// <summary>Mbufs that are in live chains.</summary>
    public int LiveMbufs { get; }

    /// <summary>Packet tags, on packets and on their own; each is an mbuf that <see cref="LiveMbufs"/> does not count.</summary>
    public int LiveTags { get; }

    /// <summary>2 KiB clusters that live mbufs refer to, shared ones counted once.</summary>
    public int LiveClusters { get; }

    /// <summary>4 KiB clusters that live mbufs refer to.</summary>
    public int LivePageClusters { get; }

    /// <summary>9 KiB clusters that live mbufs refer to.</summary>
    public int LiveJumbo9Clusters { get; }

    /// <summary>16 KiB clusters that live mbufs refer to.</summary>
    public int LiveJumbo16Clusters { get; }

    /// <summary>Pieces of attached storage that live mbufs refer to, shared ones counted once.</summary>
    public int LiveExternalStorages { get; }

    /// <summary>Throws if something is wrong.</summary>
    /// <exception cref="InvalidOperationException">Something is wrong; the message lists it.</exception>
    public void ThrowIfInconsistent()
    {
        if (!IsConsistent)
        {
            throw new InvalidOperationException("The arena is inconsistent:\n" + string.Join('\n', Problems));
        }
    }

    /// <summary>For people: what is live and what is wrong.</summary>
    public override string ToString() => IsConsistent
        ? $"consistent: {LiveChains} chains of {LiveMbufs} mbufs and {LiveClusters} clusters live"
        : string.Join('\n', Problems);
}
