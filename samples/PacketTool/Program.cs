using Engine.Samples.Options;

namespace PacketTool;

/// <summary>
/// From the command line to an exit code: 0 done, 1 failed, 2 wrongly called. Whatever goes wrong is one line on standard
/// error.
/// </summary>
internal static class Program
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WronglyCalled = 2;

    public static int Main(string[] arguments) => Run(arguments, Console.Out, Console.Error);

    /// <summary>The program, with the streams that it writes to.</summary>
    internal static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        try
        {
            if (ToolOptions.Parse(arguments) is not { } options)
            {
                output.WriteLine(ToolOptions.Help);
                return Done;
            }

            return Run(options, output, errors);
        }
        catch (UsageException e)
        {
            return Complain(errors, e.Message, WronglyCalled);
        }
    }

    private static int Run(ToolOptions options, TextWriter output, TextWriter errors)
    {
        try
        {
            new ToolRun(options, output).Run();
            return Done;
        }
        catch (InvalidDataException e)
        {
            return Complain(errors, $"{options.Input}: {e.Message}", Failed);
        }
        catch (Exception e) when (e is ToolException or IOException or UnauthorizedAccessException)
        {
            return Complain(errors, e.Message, Failed);
        }
        catch (OutOfMemoryException)
        {
            return Complain(errors, "the system has not enough memory", Failed);
        }
    }

    private static int Complain(TextWriter errors, string message, int code)
    {
        errors.WriteLine($"packettool: {message}");
        return code;
    }
}
