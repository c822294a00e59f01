using System.Runtime.InteropServices;

namespace Engine.Samples.Linux;

/// <summary>Signals to processes and threads, as Linux numbers them.</summary>
public static partial class Signals
{
    public const int Interrupt = 2;
    public const int User2 = 12;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal to a process; 0 if it was sent.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Send(int process, int signal);

    /// <summary>The calling thread, as <see cref="SendToThread"/> knows it.</summary>
    public static nint CurrentThread() => Self();

    /// <summary>Sends a signal to a thread of this process; 0 if it was sent.</summary>
    public static int SendToThread(nint thread, int signal) => Kill(thread, signal);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint Self();

    [LibraryImport("libc", EntryPoint = "pthread_kill")]
    private static partial int Kill(nint thread, int signal);
}
