namespace Engine.Mbufs;

/// <summary>
/// The limits and settings of an <see cref="MbufArena"/>. Every limit is reserved as address space once and, unless
/// <see cref="Prefault"/> is set, touched only as it is used; nothing grows beyond it afterwards, but
/// <see cref="MbufArena.SetLimit"/> can make it less for a while.
/// </summary>
/// <remarks>
/// To be bound to a configuration or set by code; the arena's constructor reads the options once, validates them, and tells of everything that is
/// wrong in one message. Limits are given each by itself, or by <see cref="Memory"/> together; those that are given win.
/// </remarks>
public sealed class MbufArenaOptions
{
    /// <summary>A name for diagnostics; null for none.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Bytes that mbufs, clusters and records may come to together, with their headers and headroom: from it the limits are derived that are
    /// null, instead of their defaults. For every 128 mbufs there are 64 clusters of 2 KiB, 8 of 4 KiB, 1 of 9 KiB, 1 of 16 KiB and 8 pieces of external storage; limits
    /// that are given take their part first. Null, the default, for the default of each limit, which come to 122 MiB. What is free
    /// takes some 9 bytes an item on top, and each thread's cache about 12 KiB.
    /// </summary>
    public long? Memory { get; set; }

    /// <summary>Most mbufs (kern.ipc.nmbufs), 1 to 16,777,214; 320 bytes each. Null, the default, for 65,536.</summary>
    public int? Mbufs { get; set; }

    /// <summary>
    /// Most clusters of 2 KiB (kern.ipc.nmbclusters), 0 to 16,777,214. Null, the default, for 32,768. Room for more than 192 bytes at once
    /// is taken in these: with none left, such an append or receive is denied even if plain mbufs are free.
    /// </summary>
    public int? Clusters { get; set; }

    /// <summary>Most clusters of 4 KiB (kern.ipc.nmbjumbop), 0 to 16,777,214. Null, the default, for 4,096.</summary>
    public int? PageClusters { get; set; }

    /// <summary>Most clusters of 9 KiB (kern.ipc.nmbjumbo9), 0 to 16,777,214. Null, the default, for 512.</summary>
    public int? Jumbo9Clusters { get; set; }

    /// <summary>Most clusters of 16 KiB (kern.ipc.nmbjumbo16), 0 to 16,777,214. Null, the default, for 512.</summary>
    public int? Jumbo16Clusters { get; set; }

    /// <summary>
    /// Most pieces of external storage attached at a time, 0 to 16,777,214; 64 bytes each. Null, the default, for 4,096.
    /// </summary>
    public int? ExternalStorages { get; set; }

    /// <summary>
    /// Most free pairs of mbuf and cluster that the packet zone's depot keeps together, 0 or more; null, the default, for as
    /// many as there are clusters. Pairs beyond it are split when they reach the depot.
    /// </summary>
    public int? Packets { get; set; }

    /// <summary>
    /// Bytes left free before the data of each new cluster, 0 to 4,096, so that headers can be prepended without a new mbuf; they
    /// come on top of the cluster's size. Default 128.
    /// </summary>
    public int Headroom { get; set; } = 128;

    /// <summary>
    /// Most threads that can be inside scopes at a time, 1 to 4,096: each needs a cache, and more of them wait. A thread that sleeps for
    /// memory keeps its cache meanwhile. A cache takes memory when it is first needed. Default 1,024.
    /// </summary>
    public int Caches { get; set; } = 1_024;

    /// <summary>Asks the system for huge pages (Linux: madvise; elsewhere without effect). Default true.</summary>
    public bool HugePages { get; set; } = true;

    /// <summary>
    /// Makes all of the arena's memory resident in its constructor (Linux from 5.14: MADV_POPULATE_WRITE; else a touch of each page),
    /// which throws <see cref="OutOfMemoryException"/> where the system says that there is not so much. Costs the time to clear all of
    /// it. Default false: limits are promises then. Linux grants more address space than there is memory, and when the machine or the
    /// control group has no more, a first touch of a page ends in SIGKILL by the OOM killer, not in an exception.
    /// </summary>
    public bool Prefault { get; set; }

    /// <summary>
    /// Checked mode: freed storage is overwritten and kept in quarantine for a while, so that spans used after their packet was
    /// freed show, and two threads that race to open one handle are told. Costs several times the time for each packet. Default
    /// false.
    /// </summary>
    public bool Checked { get; set; }

    /// <summary>
    /// For secrets: storage is zeroed when its last reference ends, before anybody can have it again, and at the latest when the arena
    /// releases its memory. A cluster is, from end to end, and an mbuf's own buffer, tags included; attached memory is its owner's. With
    /// <see cref="Checked"/> it is overwritten with poison instead. Every free takes the slow path and writes the whole cluster;
    /// allocations are as fast as ever. Default false.
    /// </summary>
    public bool ClearOnFree { get; set; }

    /// <summary>
    /// How long <see cref="MbufArena.LimitReached"/> is silent about a zone after it was raised for it (mbuf(9): 5 minutes).
    /// Zero to tell of each denial, <see cref="Timeout.InfiniteTimeSpan"/> for once. Default 5 minutes.
    /// </summary>
    public TimeSpan WarningInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long exhaustion of a zone does not run the callbacks of <see cref="MbufArena.RegisterReclaim"/> again after they did not
    /// help. Zero for no such pause, <see cref="Timeout.InfiniteTimeSpan"/> for ever. Default 100 ms.
    /// </summary>
    public TimeSpan ReclaimInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// What measures the two intervals; for tests. What it throws goes to <see cref="MbufArena.CallbackFailed"/>. Default
    /// <see cref="TimeProvider.System"/>.
    /// </summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
