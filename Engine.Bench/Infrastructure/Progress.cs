using System.Diagnostics;

namespace Engine.Mbufs.Bench;

/// <summary>
/// What long work is at, on standard error, so that results can be piped: on a terminal one line that changes, else a line of its
/// own every ten seconds, so that a log shows that something is done and is not flooded.
/// </summary>
internal static class Progress
{
    private const int Width = 78;

    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);
    private static readonly Lock s_lock = new();
    private static long s_written = Stopwatch.GetTimestamp();

    /// <summary>Shows a text in place of the last one.</summary>
    public static void Show(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{(text.Length > Width ? text[..Width] : text),-Width}");
            return;
        }

        lock (s_lock)
        {
            if (Stopwatch.GetElapsedTime(s_written) >= s_quiet)
            {
                Console.Error.WriteLine(text);
                s_written = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Wipes the line of a terminal, before anything else is written.</summary>
    public static void Clear()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{"",-Width}\r");
        }
    }
}
