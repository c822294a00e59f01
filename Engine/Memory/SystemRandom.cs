using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using Microsoft.Win32.SafeHandles;

namespace Engine.Mbufs;

/// <summary>
/// Random numbers that nobody outside can guess, from the kernel (getrandom(2)) on Linux and from <see cref="RandomNumberGenerator"/>
/// elsewhere.
/// </summary>
/// <remarks>
/// <para>On Linux <see cref="RandomNumberGenerator"/> is OpenSSL's, and a process on an image without libssl ends at the first use of it.
/// No path on Linux comes near System.Security.Cryptography.</para>
/// <para>Unsafe because the kernel is given an address and a length. Sound because both are those of one span, which is held in its
/// place for the time of the call. One system call for each value: this is for what is drawn once a packet at most. Nothing is
/// allocated on the managed heap, but the handle of the device, once, where there is no getrandom.</para>
/// </remarks>
internal static partial class SystemRandom
{
    /// <summary>EINTR of Linux' asm-generic/errno.h.</summary>
    private const int Interrupted = 4;

    /// <summary>A number of 32 random bits.</summary>
    public static uint UInt32()
    {
        uint value = 0;
        Fill(RawMemory.BytesOf(ref value));
        return value;
    }

    /// <summary>A number of 64 random bits.</summary>
    public static ulong UInt64()
    {
        ulong value = 0;
        Fill(RawMemory.BytesOf(ref value));
        return value;
    }

    /// <summary>
    /// Fills the bytes, whatever their number. Waits, early after the machine's start, until the kernel has gathered enough.
    /// </summary>
    public static void Fill(Span<byte> bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            FillFromKernel(bytes);
        }
        else
        {
            FillElsewhere(bytes);
        }
    }

    /// <summary>From the device that getrandom replaced.</summary>
    internal static void FillFromDevice(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(Device.Handle, bytes, fileOffset: 0);
            if (read == 0)
            {
                throw new IOException("/dev/urandom has an end; it is not the device that it should be.");
            }

            bytes = bytes[read..];
        }
    }

    private static void FillFromKernel(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint filled = GetRandom(ref bytes[0], (nuint)bytes.Length, flags: 0);
            if (filled >= 0)
            {
                bytes = bytes[(int)filled..];
            }
            else if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                // ENOSYS before Linux 3.17; a filter of system calls that does not know this one says EPERM as well.
                FillFromDevice(bytes);
                return;
            }
        }
    }

    /// <summary>A method of its own, so that no other needs the assembly that it calls.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FillElsewhere(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(ref byte bytes, nuint length, uint flags);

    /// <summary>Opened where it is needed, which is nearly nowhere, and kept.</summary>
    private static class Device
    {
        public static readonly SafeFileHandle Handle = File.OpenHandle("/dev/urandom");
    }
}
