namespace Engine.Mbufs;

/// <summary>Where an mbuf's data lies. The values of the cluster kinds are also their <see cref="ZoneId"/>.</summary>
internal enum StorageKind : byte
{
    /// <summary>In the mbuf's own small buffer of <see cref="MbufSizes.InternalSize"/> bytes; never shared.</summary>
    Internal = 0,

    /// <summary>In a 2 KiB cluster (EXT_CLUSTER, EXT_PACKET).</summary>
    Cluster = 1,

    /// <summary>In a 4 KiB cluster (EXT_JUMBOP).</summary>
    Page = 2,

    /// <summary>In a 9 KiB cluster (EXT_JUMBO9).</summary>
    Jumbo9 = 3,

    /// <summary>In a 16 KiB cluster (EXT_JUMBO16).</summary>
    Jumbo16 = 4,

    /// <summary>In memory that the user attached (EXT_MOD_TYPE, EXT_NET_DRV and the like), described by an <see cref="ExternalRecord"/>.</summary>
    External = 5,
}
