using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>
/// Tells callgrind, from inside of the counted process, to instrument it from now on. Until then it runs at valgrind's plain
/// speed, which makes starting a runtime three times as fast.
/// </summary>
/// <remarks>
/// Valgrind is asked by a sequence of instructions that does nothing on a processor: four rotations of a register, which together
/// turn it once around, and an exchange of a register with itself. No compiler emits it, so it lies in a page of ours. Unsafe for
/// writing it there and calling it; harmless where there is no valgrind.
/// </remarks>
internal static unsafe partial class Instrumentation
{
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateAnonymous = 0x22;
    private const int PageLength = 4096;

    // A tool's requests start at its two letters, "CT"; the fifth of callgrind's starts instrumentation.
    private const ulong StartRequest = (((ulong)'C' << 24) | ((ulong)'T' << 16)) + 4;

    /// <summary>True if valgrind can be asked on this kind of processor; else it instruments from start to end.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private static ReadOnlySpan<byte> Code =>
    [
        0x48, 0x89, 0xF8, // mov rax, rdi: the request and its five arguments
        0x31, 0xD2, // xor edx, edx: the answer if there is nobody to give one
        0x48, 0xC1, 0xC7, 0x03, // rol rdi, 3
        0x48, 0xC1, 0xC7, 0x0D, // rol rdi, 13
        0x48, 0xC1, 0xC7, 0x3D, // rol rdi, 61
        0x48, 0xC1, 0xC7, 0x33, // rol rdi, 51
        0x48, 0x87, 0xDB, // xchg rbx, rbx
        0x48, 0x89, 0xD0, // mov rax, rdx
        0xC3, // ret
    ];

    /// <summary>From here on it is instrumented.</summary>
    public static void Start()
    {
        if (!IsSupported)
        {
            return;
        }

        void* page = Map(null, PageLength, ReadWrite, PrivateAnonymous, -1, 0);
        if (page == (void*)-1)
        {
            throw new BenchException("The system gives no page of memory.");
        }

        Code.CopyTo(new Span<byte>(page, Code.Length));
        if (Protect(page, PageLength, ReadExecute) != 0)
        {
            throw new BenchException("The system lets nobody execute a page that was written.");
        }

        // The request and its arguments, of which these have none.
        ulong* words = stackalloc ulong[6];
        words[0] = StartRequest;
        ((delegate* unmanaged<ulong*, ulong>)page)(words);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);
}
