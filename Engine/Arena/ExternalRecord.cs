using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// What the engine keeps of attached storage (mbuf(9): <c>struct m_ext</c>): one line, owned by no mbuf, so that the mbuf that
/// attached it may go first. It lies where clusters have their reference count, and starts with it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = ArenaMemory.CountStride)]
internal struct ExternalRecord
{
    /// <summary>
    /// Headers that refer to the storage, true while any of them has <see cref="HeaderFlags.Shared"/>; not used for storage
    /// whose caller counts.
    /// </summary>
    public int Count;

    /// <summary>
    /// While the storage waits for its routine: the number of the next one that does, counted from 1; 0 for none.
    /// </summary>
    public uint NextDue;

    /// <summary>
    /// What was attached. Its type is 0 (<see cref="MbufExternalType.None"/>) while the record is free, and from the moment its
    /// routine is about to be called.
    /// </summary>
    public MbufExternalStorage Storage;

    /// <summary>True while any packet refers to the storage.</summary>
    public readonly bool IsLive => Storage.Type != MbufExternalType.None;
}
