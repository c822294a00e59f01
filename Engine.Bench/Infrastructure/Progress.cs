namespace Engine.Mbufs.Bench;

/// <summary>
/// One line on the terminal that says what long work is at. It goes to standard error, and nowhere when that is not a terminal, so
/// that results can be piped.
/// </summary>
internal static class Progress
{
    private const int Width = 78;

    /// <summary>Shows a text in place of the last one.</summary>
    public static void Show(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{(text.Length > Width ? text[..Width] : text),-Width}");
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
