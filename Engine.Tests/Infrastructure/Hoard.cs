namespace Engine.Mbufs.Tests;

/// <summary>Takes what an arena has, so that the next operation meets exhaustion, and gives it back.</summary>
internal sealed class Hoard
{
    private static readonly MbufClusterSize[] s_sizes = Enum.GetValues<MbufClusterSize>();

    private readonly List<Mbuf> _clusters = [];
    private readonly List<Mbuf> _plain = [];

    /// <summary>Everything: not one mbuf and not one cluster is left.</summary>
    public static Hoard OfEverything(in MbufScope mbufs)
    {
        Hoard hoard = OfClusters(mbufs);
        hoard.TakePlain(mbufs);
        return hoard;
    }

    /// <summary>Every mbuf, by way of plain ones; clusters stay free, but pairs are split.</summary>
    public static Hoard OfMbufs(in MbufScope mbufs)
    {
        var hoard = new Hoard();
        hoard.TakePlain(mbufs);
        return hoard;
    }

    /// <summary>Every cluster of every size, with an mbuf each; the other mbufs stay free.</summary>
    public static Hoard OfClusters(in MbufScope mbufs)
    {
        var hoard = new Hoard();
        foreach (MbufClusterSize size in s_sizes)
        {
            for (MbufChain chain = mbufs.AllocateMbufWithCluster(size); !chain.IsNull; chain = mbufs.AllocateMbufWithCluster(size))
            {
                hoard._clusters.Add(chain.Detach());
            }
        }

        return hoard;
    }

    /// <summary>Everything but a number of plain mbufs.</summary>
    public static Hoard OfEverythingBut(in MbufScope mbufs, int plain)
    {
        Hoard hoard = OfEverything(mbufs);
        hoard.ReleasePlain(mbufs, plain);
        return hoard;
    }

    public int Count => _clusters.Count + _plain.Count;

    /// <summary>Gives back a number of mbufs without clusters.</summary>
    public void ReleasePlain(in MbufScope mbufs, int count)
    {
        mbufs.Free(_plain[^count..].ToArray());
        _plain.RemoveRange(_plain.Count - count, count);
    }

    /// <summary>Gives back a number of clusters, with their mbufs; of 2 KiB if they were taken first.</summary>
    public void ReleaseClusters(in MbufScope mbufs, int count)
    {
        mbufs.Free(_clusters[..count].ToArray());
        _clusters.RemoveRange(0, count);
    }

    public void Release(in MbufScope mbufs)
    {
        mbufs.Free(_clusters.ToArray());
        mbufs.Free(_plain.ToArray());
        _clusters.Clear();
        _plain.Clear();
    }

    private void TakePlain(in MbufScope mbufs)
    {
        for (MbufChain chain = mbufs.AllocateMbuf(); !chain.IsNull; chain = mbufs.AllocateMbuf())
        {
            _plain.Add(chain.Detach());
        }
    }
}
