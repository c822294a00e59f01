using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// One native reservation, zeroed and aligned to 2 MiB. The only place that obtains and returns native memory: by anonymous mmap
/// on Linux, where a limit costs address space alone; from the C library's zeroed heap elsewhere.
/// </summary>
/// <remarks>
/// Unsafe because it hands out an address. Sound because there is one owner, the arena, which frees it once, after the last
/// scope closed and with the address withdrawn from the caches (<see cref="ThreadCache.Withdraw"/>); what else holds it asks
/// <see cref="MbufArena.IsReleased"/> under the gate. There is no finalizer: memory that a span may view is never freed behind
/// its back.
/// </remarks>
internal sealed unsafe partial class NativeRegion
{
    private const int HugePageSize = 2 << 20;

    // Linux' asm-generic/mman.h and errno.h.
    private const int ReadAndWrite = 0x1 | 0x2;
    private const int Private = 0x02;
    private const int Anonymous = 0x20;
    private const int DontNeed = 4;
    private const int HugePage = 14;
    private const int PopulateWrite = 23;
    private const int Interrupted = 4;
    private const int InvalidArgument = 22;

    private byte* _address;

    /// <summary>What the heap gave, in which the region lies; null if it is mapped.</summary>
    private void* _allocation;

    /// <summary>Reserves memory.</summary>
    /// <param name="length">Bytes, 1 or more.</param>
    /// <param name="hugePages">Asks Linux for huge pages.</param>
    /// <param name="prefault">Makes all of it resident now.</param>
    /// <param name="isPortable">Takes it from the heap, also on Linux.</param>
    /// <exception cref="OutOfMemoryException">The system refuses it, or to make it resident: nothing is reserved.</exception>
    public NativeRegion(long length, bool hugePages, bool prefault, bool isPortable)
    {
        if (length > nint.MaxValue - (2 * HugePageSize))
        {
            throw Refused(length, "there is no address space so large");
        }

        Length = (length + HugePageSize - 1) / HugePageSize * HugePageSize;
        if (isPortable || !OperatingSystem.IsLinux())
        {
            Allocate();
        }
        else
        {
            Map(hugePages);
        }

        if (prefault)
        {
            MakeResident();
        }
    }

    /// <summary>Bytes reserved.</summary>
    public long Length { get; }

    /// <summary>The one flag of these that has another value somewhere: on POWER.</summary>
    private static int NoReserve => RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le ? 0x40 : 0x4000;

    /// <summary>True if what is freed goes back to a heap, which does not forget what lies in it.</summary>
    public bool IsOfHeap => _allocation is not null;

    /// <summary>The way to what lies in the reservation.</summary>
    /// <param name="countsOffset">Where the reference counts start.</param>
    /// <param name="coldOffset">Where the cold lines start.</param>
    public RawMemory Open(long countsOffset, long coldOffset) => new(_address, countsOffset, coldOffset);

    public void Free()
    {
        if (_allocation is not null)
        {
            NativeMemory.Free(_allocation);
        }
        else if (Unmap(_address, (nuint)Length) != 0)
        {
            // The process has as many mappings as it may, and this would make one more: the memory goes back, if not the addresses.
            _ = Advise(_address, (nuint)Length, DontNeed);
        }

        _address = null;
        _allocation = null;
    }

    /// <summary>Makes memory of Linux resident. False if the kernel does not know how: Linux before 5.14.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    internal static bool TryPopulate(byte* address, long length)
    {
        while (Advise(address, (nuint)length, PopulateWrite) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == InvalidArgument)
            {
                return false;
            }

            if (error != Interrupted)
            {
                throw Refused(length, Marshal.GetPInvokeErrorMessage(error));
            }
        }

        return true;
    }

    [SuppressMessage("Usage", "CA2201", Justification = "The system says it, and nobody but who asked it can say it of so many bytes.")]
    private static OutOfMemoryException Refused(long length, string reason)
        => new($"The system refuses the {length} bytes that the limits of an arena come to: {reason}.");

    private static byte* Align(byte* address) => (byte*)(((nuint)address + HugePageSize - 1) & ~(nuint)(HugePageSize - 1));

    private void Allocate()
    {
        try
        {
            // calloc: what it takes from the system for this is zero already, and stays untouched.
            _allocation = NativeMemory.AllocZeroed((nuint)Length + HugePageSize);
        }
        catch (OutOfMemoryException)
        {
            throw Refused(Length, "the heap has no more");
        }

        _address = Align((byte*)_allocation);
    }

    private void Map(bool hugePages)
    {
        nuint mapped = (nuint)Length + HugePageSize;
        byte* start = Map(null, mapped, ReadAndWrite, Private | Anonymous | NoReserve, file: -1, offset: 0);
        if ((nint)start == -1)
        {
            throw Refused(Length, Marshal.GetLastPInvokeErrorMessage());
        }

        // What the alignment leaves over goes back. Where that is refused, it costs addresses and nothing else.
        _address = Align(start);
        byte* end = _address + Length;
        nuint before = (nuint)(_address - start);
        nuint behind = mapped - before - (nuint)Length;
        _ = before == 0 ? 0 : Unmap(start, before);
        _ = behind == 0 ? 0 : Unmap(end, behind);
        if (hugePages)
        {
            // Advice only: where the kernel has no huge pages the call fails, and everything works on small ones.
            _ = Advise(_address, (nuint)Length, HugePage);
        }
    }

    private void MakeResident()
    {
        try
        {
            if (IsOfHeap || !TryPopulate(_address, Length))
            {
                for (long page = 0; page < Length; page += Environment.SystemPageSize)
                {
                    Volatile.Write(ref _address[page], 0);
                }
            }
        }
        catch
        {
            Free();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint length, int advice);
}
