using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// One native reservation, aligned to 2 MiB. The only place that obtains and returns native memory.
/// </summary>
/// <remarks>
/// Unsafe because it hands out an address. Sound because there is one owner, the arena, which frees it once, after the last
/// scope closed and with the address withdrawn from the caches (<see cref="MbufCache.Withdraw"/>); what else holds it asks
/// <see cref="MbufArena.IsReleased"/> under the gate. There is no finalizer: memory that a span may view is never freed behind
/// its back.
/// </remarks>
internal sealed unsafe partial class NativeRegion
{
    private const int HugePageSize = 2 << 20;

    /// <summary>MADV_HUGEPAGE of Linux' asm-generic/mman-common.h.</summary>
    private const int AdviceHugePage = 14;

    private byte* _address;

    public NativeRegion(long length, bool hugePages)
    {
        long rounded = checked((length + HugePageSize - 1) / HugePageSize * HugePageSize);
        _address = (byte*)NativeMemory.AlignedAlloc(checked((nuint)rounded), HugePageSize);
        Length = rounded;
        if (hugePages && OperatingSystem.IsLinux())
        {
            // Advice only: where the kernel has no huge pages the call fails, and everything works on small ones.
            _ = Advise(_address, (nuint)rounded, AdviceHugePage);
        }
    }

    /// <summary>Bytes reserved.</summary>
    public long Length { get; }

    /// <summary>The way to what lies in the reservation.</summary>
    /// <param name="countsOffset">Where the reference counts start.</param>
    /// <param name="coldOffset">Where the cold lines start.</param>
    public ArenaMemory Open(long countsOffset, long coldOffset) => new(_address, countsOffset, coldOffset);

    public void Free()
    {
        NativeMemory.AlignedFree(_address);
        _address = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
