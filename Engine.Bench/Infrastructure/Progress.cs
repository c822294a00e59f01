namespace Engine.Mbufs.Bench;

/// <summary>
/// What long work is at, on standard error, so that results can be piped: one line that changes on a terminal, elsewhere only what is
/// worth a line of its own in a log.
/// </summary>
internal static class Progress
{
    private const int Width = 78;

    /// <summary>Shows a text in place of the last one, on a terminal only.</summary>
    public static void Show(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{(text.Length > Width ? text[..Width] : text),-Width}");
        }
    }

    /// <summary>The same, and a line where standard error is no terminal.</summary>
    public static void Report(string text)
    {
        Show(text);
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(text);
        }
    }

    /// <summary>Wipes the line, before anything else is written.</summary>
    public static void Clear()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{"",-Width}\r");
        }
    }
}
