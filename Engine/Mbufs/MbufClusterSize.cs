namespace Engine.Mbufs;

/// <summary>The sizes of clusters, in bytes of data that one holds behind its headroom (mbuf(9): MCLBYTES, MJUM*BYTES).</summary>
public enum MbufClusterSize
{
    /// <summary>2,048 bytes (MCLBYTES).</summary>
    Standard = 2048,

    /// <summary>4,096 bytes, a page (MJUMPAGESIZE).</summary>
    Page = 4096,

    /// <summary>9,216 bytes (MJUM9BYTES).</summary>
    Jumbo9 = 9216,

    /// <summary>16,384 bytes (MJUM16BYTES).</summary>
    Jumbo16 = 16384,
}
